"""The main job on a copy of examples/wx-omega: read, edit, look at the difference, save, verify; then take advice."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from pathlib import Path

import kubeadm_cfg as kc

EXAMPLES = Path(__file__).parent


def main() -> int:
    # A Windows console or LANG=C would otherwise stop at the first Chinese comment.
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kubeadm.yaml"
        shutil.copy(EXAMPLES / "wx-omega" / "kubeadm.yaml", path)
        edit(path)
        verify(path)
        with contextlib.chdir(shutil.copytree(EXAMPLES / "wx-omega", Path(folder) / "wx-omega")):
            advise()
    return 0


def edit(path: Path) -> None:
    print("A copy of examples/wx-omega/kubeadm.yaml holds these documents:")
    f = kc.load(path)
    for document in f.documents:
        print(f"  {document.api_version}  {document.kind}")

    print("\nSome of what it says now:")
    print(f"  f.cluster.networking.pod_subnet          {f.cluster.networking.pod_subnet!r}")
    print(f"  f.kubelet.cgroup_driver                  {f.kubelet.cgroup_driver!r}")
    print(f"  f.kube_proxy.ipvs.scheduler              {f.kube_proxy.ipvs.scheduler!r}      (not in the file)")
    print(f"  f.cluster.api_server.cert_sans           {f.cluster.api_server.cert_sans!r}        (not in the file)")

    print("\nFour edits by plain attribute access:")
    print('  f.cluster.networking.pod_subnet = "10.244.0.0/16"')
    print('  f.kubelet.cgroup_driver = "systemd"')
    print('  f.kube_proxy.ipvs.scheduler = "rr"')
    print('  f.cluster.api_server.cert_sans.append("api.example.test")')
    f.cluster.networking.pod_subnet = "10.244.0.0/16"
    f.kubelet.cgroup_driver = "systemd"
    f.kube_proxy.ipvs.scheduler = "rr"
    f.cluster.api_server.cert_sans.append("api.example.test")

    print("\nprint(f.diff()): quotes, comments and the order of the keys are as they were:\n")
    print(f.diff())

    print(f"f.save() wrote the file: {f.save()}")
    print(f"f.save() again, nothing changed: {f.save()}")


def verify(path: Path) -> None:
    """Read the file again: the edits are in it, and every line that was not edited is byte for byte the original's."""
    f = kc.load(path)
    assert f.cluster.networking.pod_subnet == "10.244.0.0/16"
    assert f.kubelet.cgroup_driver == "systemd"
    assert f.kube_proxy.ipvs.scheduler == "rr"
    assert f.cluster.api_server.cert_sans == ["api.example.test"]

    before = (EXAMPLES / "wx-omega" / "kubeadm.yaml").read_bytes().splitlines(keepends=True)
    after = path.read_bytes().splitlines(keepends=True)
    kept = [line for line in before if line in after]
    assert len(before) - len(kept) == 2, "only podSubnet and cgroupDriver had a value before"
    print(f"\nVerified: the edits read back, and {len(kept)} of {len(before)} lines are byte for byte the old ones.")


def advise() -> None:
    """What the example should say instead, for the Kubernetes it names and for a newer one; changed and compared."""
    files = [kc.load("kubeadm.yaml"), kc.load("030-flannel.yaml"), kc.containerd.load("containerd-config.toml")]
    host = kc.Host(name="cp-1", kernel="6.6.30")

    print("\n" + "=" * 100)
    print("The example again, with the advice for the Kubernetes it names:")
    print('  found = kc.advise.cluster(kubeadm, flannel, containerd, host=kc.Host(name="cp-1", kernel="6.6.30"))\n')
    found = kc.advise.cluster(*files, host=host)
    print(found)

    print("\nfound.apply(comment=True) writes it, with the reason above each line:\n")
    assert found.apply(comment=True) == []
    for file in files:
        print(file.diff(), end="")
        file.save()
    assert kc.advise.cluster(*files, host=host).diff() == ""

    print("\nFor 1.36 the dated facts overrule the older tables:")
    print('  advice = kc.advise.proxy_mode(kubernetes="1.36", f=kubeadm, host=host)\n')
    advice = kc.advise.proxy_mode(kubernetes="1.36", f=files[0], host=host)
    print(advice)
    advice.apply(files[0])
    print(f"\n{files[0].diff()}")
    files[0].save()

    again = kc.load("kubeadm.yaml", strict=True)
    assert again.kube_proxy.mode == advice.choice == "nftables"
    assert again.kubelet.cgroup_driver == "systemd"
    print("Verified: the advised files decode, say what was chosen, and nothing was left to advise.")


if __name__ == "__main__":
    sys.exit(main())
