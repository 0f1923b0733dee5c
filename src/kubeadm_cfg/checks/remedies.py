"""What to do about a problem, by its code, where that does not depend on the file. A rule may say something better."""

from __future__ import annotations

from typing import Final

__all__ = ["remedy_of"]

_BOOTSTRAP: Final = "`kubeadm token generate` prints one: six characters, a dot and sixteen more, lower case"
_KEY: Final = "`kubeadm certs certificate-key` prints one"
_NAMES: Final = "write IP addresses, DNS names in lower case, or a wildcard such as *.example.org"
_NODE_NAME: Final = "use lower case letters, digits, - and ., beginning and ending with a letter or digit"
_SOCKET: Final = "write the whole endpoint, as in unix:///run/containerd/containerd.sock"
_PORT: Final = "use a port from 1 to 65535; 6443 is what kubeadm takes when none is given"
_IMAGES: Final = "write registry and path without scheme and tag, as in registry.example.org/k8s"
_FAMILIES: Final = "write one range, or one of IPv4 and one of IPv6 with a comma between"
_RANGE: Final = "write it with its length, as in 10.244.0.0/16"
_NODE_RANGES: Final = (
    "widen the range, or set node-cidr-mask-size (node-cidr-mask-size-ipv4 and -ipv6 with two families) in "
    "controllerManager.extraArgs"
)
_ETCD_URL: Final = "write each endpoint with its scheme and port, as in https://10.0.0.11:2379"
_ABSOLUTE: Final = "write the whole path, from the leading slash on"
_GATED: Final = "set featureGates.{}: true, or leave {} out"
_SHORTER: Final = "shorten {}, or lengthen {}"

_KUBEADM: Final = {
    "apiVersion.deprecated": "`kubeadm config migrate` writes the newest version that it knows",
    "apiVersion.supported": "migrate the file with a kubeadm that still reads this version, or write it anew",
    "apiVersion.unknown": "mend apiVersion and kind; kubeadm's own begin with kubeadm.k8s.io/",
    "bootstrapTokens.groups": "begin each group with system:bootstrappers: and keep authentication among the usages",
    "bootstrapTokens.ttl-expires-exclusive": "keep one of ttl and expires",
    "bootstrapTokens.usages": "use signing, authentication or both",
    "certSANs": _NAMES,
    "certificateKey": _KEY,
    "certificateValidityPeriod": "choose a shorter period, so that certificates are renewed with every upgrade",
    "certificatesDir.absolute": _ABSOLUTE,
    "controlPlaneEndpoint.hostport": "write a name or an address, and the port behind a colon: lb.example.org:6443",
    "discovery.apiServerEndpoint": "write host and port without a scheme, as in lb.example.org:6443",
    "discovery.caCertHashes": "give the hash that `kubeadm token create --print-join-command` prints",
    "discovery.exclusive": "keep one of bootstrapToken and file",
    "discovery.file.path": "write the path of a file on the node, or an https URL",
    "discovery.file.url": "serve the file by https, or copy it to the node",
    "discovery.required": "`kubeadm token create --print-join-command` prints what discovery.bootstrapToken needs",
    "discovery.tlsBootstrapToken": _BOOTSTRAP,
    "discovery.token": _BOOTSTRAP,
    "dns.imageRepository": _IMAGES,
    "document.duplicate-kind": "keep one document of the kind",
    "etcd.exclusive": "keep etcd.local when kubeadm is to run etcd, etcd.external when somebody else does",
    "etcd.external.absolute-files": _ABSOLUTE,
    "etcd.external.ca-required": "give caFile, the authority that signed etcd's certificate",
    "etcd.external.cert-key-pair": "give certFile and keyFile, or neither",
    "etcd.external.endpoints-required": _ETCD_URL,
    "etcd.external.https-required": "use https, or leave caFile, certFile and keyFile out",
    "etcd.external.scheme-required": _ETCD_URL,
    "etcd.external.url-parse": _ETCD_URL,
    "etcd.local.dataDir": _ABSOLUTE,
    "etcd.local.imageRepository": _IMAGES,
    "etcd.local.peerCertSANs": _NAMES,
    "etcd.local.serverCertSANs": _NAMES,
    "extraArgs.name": "give the flag's name, without the two dashes",
    "ignorePreflightErrors.all": "write all alone, or name the checks",
    "imageRepository": _IMAGES,
    "join.caCertPath": "leave it out for /etc/kubernetes/pki/ca.crt, or name the whole path of a .crt file",
    "join.controlPlane.certificateKey": _KEY,
    "join.nodeRegistration.criSocket": _SOCKET,
    "join.nodeRegistration.name": _NODE_NAME,
    "kubernetesVersion": "name a release such as v1.34.2, or a label such as stable-1.34",
    "localAPIEndpoint.advertiseAddress": "write an address of this node, without port and in full",
    "localAPIEndpoint.bind-address": "use an address that other nodes can reach, neither loopback nor multicast",
    "localAPIEndpoint.bindPort": _PORT,
    "networking.dnsDomain.dns1123": "use lower case letters, digits, - and ., as in cluster.local",
    "networking.podSubnet.cidr": _RANGE,
    "networking.podSubnet.dual-stack": _FAMILIES,
    "networking.podSubnet.max-difference": "choose a longer pod range, or set the node's mask closer to it",
    "networking.podSubnet.min-addresses": "choose a wider range, such as 10.244.0.0/16",
    "networking.podSubnet.node-mask": _NODE_RANGES,
    "networking.podSubnet.node-mask-args": "write the length as a number, as in 24",
    "networking.podSubnet.site-local-warning": "use a unique local range, which begins with fd",
    "networking.serviceSubnet.cidr": "write it with its length, as in 10.96.0.0/12",
    "networking.serviceSubnet.dual-stack": _FAMILIES,
    "networking.serviceSubnet.max-size": "use /12 or longer for IPv4, /108 or longer for IPv6",
    "networking.serviceSubnet.min-addresses": "use /28 or shorter for IPv4, /124 or shorter for IPv6",
    "nodeRegistration.criSocket": _SOCKET,
    "nodeRegistration.criSocket.scheme": _SOCKET,
    "nodeRegistration.name": _NODE_NAME,
    "reset.certificatesDir": _ABSOLUTE,
    "reset.criSocket": _SOCKET,
}  # fmt: skip
_KUBELET: Final = {
    "cpuCFSQuotaPeriod.needsGate": _GATED.format("CustomCPUCFSQuotaPeriod", "cpuCFSQuotaPeriod"),
    "crashLoopBackOff.maxContainerRestartPeriod.needsGate":
        _GATED.format("KubeletCrashLoopBackOffMax", "crashLoopBackOff.maxContainerRestartPeriod"),
    "defaultPodSysctls.needsGate": _GATED.format("DefaultPodSysctls", "defaultPodSysctls"),
    "enableSystemLogQuery.needsGate": _GATED.format("NodeLogQuery", "enableSystemLogQuery"),
    "enableSystemLogQuery.needsHandler": "set enableSystemLogHandler: true",
    "enforceNodeAllocatable.needsCgroupsPerQOS": "set enforceNodeAllocatable: [none], or leave cgroupsPerQOS at true",
    "enforceNodeAllocatable.needsCgroupsPerQOS.old": "set enforceNodeAllocatable: [], or leave cgroupsPerQOS at true",
    "failCgroupV1.host": "set failCgroupV1: false, or move the node to cgroup v2",
    "imageGCLowThresholdPercent.lessThanHigh":
        "set imageGCLowThresholdPercent below imageGCHighThresholdPercent; 80 and 85 are taken when neither is given",
    "imageMaximumGCAge.greaterThanMinimum": _SHORTER.format("imageMinimumGCAge", "imageMaximumGCAge"),
    "imageMaximumGCAge.needsGate": _GATED.format("ImageMaximumGCAge", "imageMaximumGCAge"),
    "imagePullCredentialsVerificationPolicy.needsGate":
        _GATED.format("KubeletEnsureSecretPulledImages", "imagePullCredentialsVerificationPolicy"),
    "maxParallelImagePulls.serialize": "set serializeImagePulls: false",
    "memoryReservationPolicy.needsGate": _GATED.format("MemoryQoS", "memoryReservationPolicy"),
    "memoryThrottlingFactor.needsGate": _GATED.format("MemoryQoS", "memoryThrottlingFactor"),
    "memorySwap.needsGate": _GATED.format("NodeSwap", "memorySwap.swapBehavior"),
    "preloadedImagesVerificationAllowlist.needsGate":
        _GATED.format("KubeletEnsureSecretPulledImages", "preloadedImagesVerificationAllowlist"),
    "preloadedImagesVerificationAllowlist.needsPolicy":
        "set imagePullCredentialsVerificationPolicy: NeverVerifyAllowlistedImages",
    "registerWithTaints.timeAdded": "leave timeAdded out; the cluster sets it",
    "reservedSystemCPUs.exclusive": "keep reservedSystemCPUs, or systemReservedCgroup and kubeReservedCgroup",
    "runOnce.forbidden": "leave runOnce out",
    "serverTLSBootstrap.needsGate": _GATED.format("RotateKubeletServerCertificate", "serverTLSBootstrap"),
    "showHiddenMetricsForVersion.previousMinor": "leave it out once no dashboard needs the old metrics",
    "shutdownGracePeriod.needsGate": _GATED.format("GracefulNodeShutdown", "both periods"),
    "shutdownGracePeriodByPodPriority.exclusive":
        "keep shutdownGracePeriodByPodPriority, or shutdownGracePeriod and shutdownGracePeriodCriticalPods",
    "shutdownGracePeriodByPodPriority.needsGate":
        _GATED.format("GracefulNodeShutdownBasedOnPodPriority", "shutdownGracePeriodByPodPriority"),
    "shutdownGracePeriodCriticalPods.lessOrEqual":
        _SHORTER.format("shutdownGracePeriodCriticalPods", "shutdownGracePeriod"),
    "singleProcessOOMKill.host": "leave singleProcessOOMKill out, or move the node to cgroup v2",
    "systemCgroups.needsCgroupRoot": "set cgroupRoot, / in most cases, or leave systemCgroups out",
    "topologyManagerPolicy.needsGate": _GATED.format("TopologyManager", "topologyManagerPolicy"),
    "topologyManagerScope.needsGate": _GATED.format("TopologyManager", "topologyManagerScope"),
    "tracing.needsGate": _GATED.format("KubeletTracing", "tracing"),
}  # fmt: skip
_KUBE_PROXY: Final = {
    "clusterCIDR.dualStack": _FAMILIES,
    "clusterCIDR.entries": _RANGE,
    "clusterCIDR.form.old": _FAMILIES,
    "ipvs.scheduler.enum": "use rr, wrr, lc, wlc, lblc, lblcr, sh, dh, sed or nq",
    "nodePortAddresses.cidr": "write ranges with their length, as in 192.168.6.0/24",
    "showHiddenMetricsForVersion.previousMinor": _KUBELET["showHiddenMetricsForVersion.previousMinor"],
}
_REMEDIES: Final = {
    f"{program}.{name}": remedy
    for program, table in (("kubeadm", _KUBEADM), ("kubelet", _KUBELET), ("kube-proxy", _KUBE_PROXY))
    for name, remedy in table.items()
}
_REMEDIES["flag.removed"] = "take the flag out"


def remedy_of(code: str) -> str | None:
    """What to do about a problem with that code, None when that depends on the file."""
    return _REMEDIES.get(code)
