"""`images`: what kubeadm, containerd and flannel will pull for some files. The tags of each release are elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

import attrs

from kubeadm_cfg.deployment import tabular
from kubeadm_cfg.deployment.files import Given, cluster_files
from kubeadm_cfg.deployment.image_facts import (
    CI_REPOSITORY,
    DEFAULT_REPOSITORY,
    Resolved,
    Version,
    default_repository,
    etcd_tag,
    listed,
    newest,
    resolved,
)
from kubeadm_cfg.deployment.mirroring import Tool, mirror_script

if TYPE_CHECKING:
    from kubeadm_cfg.file import ConfigFile
    from kubeadm_cfg.kubeadm import AnyClusterConfiguration

__all__ = ["Image", "Images", "images"]

PulledBy = Literal["kubeadm", "containerd", "flannel"]
_CONTROL_PLANE: Final = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy")
_IMAGES_GO: Final = "kubernetes/kubernetes:cmd/kubeadm/app/images/images.go"


@attrs.frozen(kw_only=True)
class Image:
    """One image that will be pulled.

    Attributes:
        name: its last part, ``"kube-apiserver"``.
        image: what is pulled, as the program asks for it: ``"registry.k8s.io/kube-apiserver:v1.34.1"``.
        tag: ``"v1.34.1"``, empty where a manifest names none.
        pulled_by: ``"kubeadm"``, ``"containerd"`` (the sandbox of every pod) or ``"flannel"`` (its manifest).
        why: the fields and rules the name comes from.
        source: where the rule or the tag is written down.
        origin: where to fetch it from: where it is published, or itself when that is not known.
    """

    name: str
    image: str
    tag: str
    pulled_by: PulledBy
    why: str
    source: str
    origin: str

    def __str__(self) -> str:
        return self.image

    def to_dict(self) -> dict[str, str]:
        """The row as plain data."""
        return attrs.asdict(self)


@attrs.frozen
class Images(tabular.Rows[Image]):
    """The images of one cluster, in the order kubeadm lists them, then containerd's and flannel's.

    Attributes:
        rows: the images.
        kubernetes: the version that is deployed, ``"v1.34.1"``.
        kubeadm: the version of the program.
    """

    HEADERS = ("image", "pulled by", "why")

    kubernetes: str
    kubeadm: str

    def __str__(self) -> str:
        return tabular.as_text(self.cells())

    def cells(self) -> list[tuple[str, ...]]:
        """Image, who pulls it, why."""
        return [(row.image, row.pulled_by, row.why) for row in self.rows]

    def to_dict(self) -> dict[str, Any]:
        """`kubernetes`, `kubeadm` and the rows under `images`."""
        return {
            "kubernetes": self.kubernetes,
            "kubeadm": self.kubeadm,
            "images": [row.to_dict() for row in self.rows],
        }

    def mirror_script(
        self, registry: str, *, tool: Tool = "docker", keeps_paths: bool = False, plain_http: bool = False
    ) -> str:
        """A POSIX shell script that copies every image into a registry of one's own, for nodes without internet.

        Args:
            registry: what `imageRepository` will be, ``"192.168.6.164:5000/well-known"``; a scheme is dropped.
            tool: what copies: ``"docker"``, ``"nerdctl"``, ``"ctr"`` or ``"skopeo"``; only skopeo and ctr copy
                every platform.
            keeps_paths: keep the path of each image (``coredns/coredns``); kubeadm then needs
                ``dns.imageRepository`` as well. Otherwise only its last part stays, as kubeadm asks for it.
            plain_http: the registry has no TLS; for docker that is a setting of its daemon.

        Returns:
            The script. It stops at the first failure; its last lines, as comments, say what the files have to name.

        Raises:
            ConfigError: `registry` is no image repository, or two images would get the same name there.
            ValueError: there is no such tool.

        >>> import kubeadm_cfg as kc
        >>> script = kc.images(kubernetes="1.34.1").mirror_script("reg.example.test/k8s")
        >>> [line for line in script.splitlines() if "coredns" in line][0].split()[2]
        'reg.example.test/k8s/coredns:v1.12.1'
        """
        return mirror_script(self.rows, registry, self.kubernetes, tool, keeps_paths=keeps_paths, plain_http=plain_http)


def images(
    *files: Given,
    kubernetes: str | None = None,
    kubeadm: str | None = None,
    containerd: str | None = None,
    flannel: str | None = None,
) -> Images:
    """Every image that kubeadm, containerd and flannel will pull for the cluster that these files describe.

    Args:
        files: kubeadm's files, flannel's manifest, containerd's config.toml, loaded or their paths, or the path of a
            directory; in any order, and none is needed.
        kubernetes: the version to deploy, ``"1.34.1"``, ``"stable-1"``, or ``"1.34"``: the file's own version if it is
            one of 1.34, else the newest known. By default the file's kubernetesVersion.
        kubeadm: the version of kubeadm when it is another one: coredns and pause are always kubeadm's own.
        containerd: its release, ``"2.2.7"``; without it and without a config.toml there is no row for the sandbox.
        flannel: its release, ``"v0.28.9"``, when the files hold no DaemonSet of it; with net-conf.json alone the
            newest known.

    Raises:
        ConfigError: kubernetesVersion is no version, or one whose images are not known; a file cannot be read as what
            it is.
        OSError: there is no file at a path.

    Source: kubeadm's images.go and what `kubeadm config images list` printed; flannel's manifests; containerd's sandbox
    setting.

    >>> import kubeadm_cfg as kc
    >>> [row.image for row in kc.images(kubernetes="1.27.8")][4:]
    ['registry.k8s.io/coredns/coredns:v1.10.1', 'registry.k8s.io/pause:3.9', 'registry.k8s.io/etcd:3.5.9-0']
    """
    from kubeadm_cfg.file import ConfigFile

    loaded = cluster_files(files)
    configs = [file for file in loaded if isinstance(file, ConfigFile)]
    cluster = next((found for file in configs if (found := file.get("ClusterConfiguration")) is not None), None)
    program = None if kubeadm is None else _asked(kubeadm, None).version
    wanted = _asked(kubernetes, getattr(cluster, "kubernetes_version", None), program)
    program = program or wanted.version
    rows = list(_of_kubeadm(cluster, wanted, program))
    pause = next(row.image for row in rows if row.name == "pause")
    for file in loaded:
        if not isinstance(file, ConfigFile):
            rows += _sandbox(file.effective(containerd or _CONTAINERD).get("sandbox_image"), pause, "config.toml")
    if containerd is not None and len(configs) == len(loaded):
        rows += _sandbox(_default_sandbox(containerd), pause, f"default of containerd {containerd}")
    rows += _of_flannel(configs, flannel)
    return Images(tuple(rows), str(wanted.version), str(program))


_CONTAINERD: Final = "2.2.7"


def _asked(wanted: str | None, own: str | None, kubeadm: Version | None = None) -> Resolved:
    """The version that an argument and a file ask for; a minor alone is the file's version or the newest known."""
    if wanted is not None and not isinstance(wanted, str):
        raise TypeError(f'a version is a text such as "1.34", not {wanted!r}')
    parts = (wanted or "").removeprefix("v").split(".")
    if wanted is None or len(parts) != 2 or not all(part.isascii() and part.isdigit() for part in parts):
        return resolved(own if wanted is None else wanted, kubeadm)
    minor = int(parts[1])
    if own is not None:
        of_file = resolved(own, kubeadm)
        if of_file.version.minor == minor:
            return of_file
    return Resolved(newest(minor))


def _of_kubeadm(cluster: AnyClusterConfiguration | None, wanted: Resolved, kubeadm: Version) -> Iterator[Image]:
    """The rows of `kubeadm config images list`, in its order."""
    default = default_repository(kubeadm)
    repository = getattr(cluster, "image_repository", None) or default
    tags = listed(kubeadm)
    where = "imageRepository" if repository != default else f"default repository of kubeadm {kubeadm}"
    control_plane = CI_REPOSITORY if wanted.is_ci and repository == default else repository
    tag = wanted.version.tag
    said = "kubernetesVersion, looked up when kubeadm runs" if wanted.is_label else "kubernetesVersion"
    for name in _CONTROL_PLANE:
        if name != "kube-proxy" or not _is_true(cluster, "proxy", "disabled"):
            origin = f"{CI_REPOSITORY if wanted.is_ci else DEFAULT_REPOSITORY}/{name}:{tag}"
            why = f"{where}; {said}" if control_plane == repository else f"images of a CI version; {said}"
            yield _image(name, control_plane, tag, origin, why, _IMAGES_GO)
    own = f"tag of kubeadm {kubeadm}"
    if not _is_true(cluster, "dns", "disabled"):
        yield _coredns(cluster, repository, default, tags.coredns, where, own, tags.source)
    yield _image(
        "pause", repository, tags.pause, f"{DEFAULT_REPOSITORY}/pause:{tags.pause}", f"{where}; {own}", tags.source
    )
    if _at(cluster, "etcd", "external") is None:
        tag = etcd_tag(kubeadm, wanted.version)
        yield _etcd(cluster, repository, tag, where, f"{own} for 1.{wanted.version.minor}", tags.source)


def _coredns(cluster: Any, repository: str, default: str, tag: str, where: str, own: str, source: str) -> Image:
    other = _at(cluster, "dns", "image_repository")
    pinned = _at(cluster, "dns", "image_tag")
    parts = ["dns.imageRepository" if other else where]
    repository = other or repository
    if repository == default:
        repository += "/coredns"
    else:
        parts.append(f"no path coredns/ outside {default}")
    parts.append("dns.imageTag" if pinned else own)
    tag = pinned or tag
    return _image("coredns", repository, tag, f"{DEFAULT_REPOSITORY}/coredns/coredns:{tag}", "; ".join(parts), source)


def _etcd(cluster: Any, repository: str, tag: str, where: str, own: str, source: str) -> Image:
    other = _at(cluster, "etcd", "local", "image_repository")
    pinned = _at(cluster, "etcd", "local", "image_tag")
    why = f"{'etcd.local.imageRepository' if other else where}; {'etcd.local.imageTag' if pinned else own}"
    tag = pinned or tag
    return _image("etcd", other or repository, tag, f"{DEFAULT_REPOSITORY}/etcd:{tag}", why, source)


def _image(name: str, repository: str, tag: str, origin: str, why: str, source: str) -> Image:
    return Image(
        name=name,
        image=f"{repository}/{name}:{tag}",
        tag=tag,
        pulled_by="kubeadm",
        why=why,
        source=source,
        origin=origin,
    )


def _at(obj: Any, *names: str) -> Any:
    for name in names:
        obj = getattr(obj, name, None)
    return obj or None


def _is_true(obj: Any, *names: str) -> bool:
    return _at(obj, *names) is True


def _default_sandbox(release: str) -> str:
    from kubeadm_cfg.containerd.releases import Release

    return Release.of(release).sandbox_image


def _sandbox(image: Any, pause: str, where: str) -> Iterator[Image]:
    if not isinstance(image, str) or not image:
        return
    same = "the same as kubeadm's" if image == pause else f"not kubeadm's {pause}: kubeadm warns, pods need this one"
    yield _of_others(image, "containerd", f"sandbox image, {where}; {same}", "containerd/containerd:docs/cri/config.md")


def _of_flannel(files: Sequence[ConfigFile], release: str | None) -> Iterator[Image]:
    """The images of flannel's DaemonSets in the files, else those of its release."""
    from kubeadm_cfg.flannel.facts import NEWEST, manifest

    named = dict.fromkeys(image for file in files for image in _in_daemon_sets(file))
    why = "flannel's DaemonSet"
    if not named:
        if release is None and not any(_has_net_conf(file) for file in files):
            return
        named = dict.fromkeys(manifest(release or NEWEST)["images"])
        why = f"manifest of flannel {release}" if release else f"no DaemonSet in the files; that of flannel {NEWEST}"
    for image in named:
        yield _of_others(image, "flannel", why, "flannel-io/flannel:Documentation/kube-flannel.yml")


def _of_others(image: str, pulled_by: PulledBy, why: str, source: str) -> Image:
    _, name, tag = parts_of(image)
    origin = _published(name, tag, image)
    return Image(name=name, image=image, tag=tag, pulled_by=pulled_by, why=why, source=source, origin=origin)


def _in_daemon_sets(file: ConfigFile) -> Iterator[str]:
    for document in file.documents:
        if document.kind != "DaemonSet" or "flannel" not in str(document.get("metadata.name", "")):
            continue
        pod = document.get("spec.template.spec", None)
        if not isinstance(pod, dict):
            continue
        for part in ("initContainers", "containers"):
            for container in pod.get(part) or ():
                if isinstance(container, dict) and isinstance(container.get("image"), str):
                    yield container["image"]


def _has_net_conf(file: ConfigFile) -> bool:
    from kubeadm_cfg.errors import MissingDocument
    from kubeadm_cfg.flannel.file import net_conf_document

    try:
        net_conf_document(file)
    except MissingDocument:
        return False
    return True


def _published(name: str, tag: str, image: str) -> str:
    """Where an image comes from when the files name a registry of one's own: the public one of that name and tag."""
    from kubeadm_cfg.flannel.facts import facts

    if name == "pause":
        return f"{DEFAULT_REPOSITORY}/pause:{tag}"
    known = [
        found
        for row in facts()["manifest"]["images_per_tag"]
        for found in (row["flannel_image"], row["cni_plugin_image"])
        if found and parts_of(found)[1:] == (name, tag)
    ]
    return image if image in known or not known else known[-1]


def parts_of(image: str) -> tuple[str, str, str]:
    """Repository, last part of the name, and tag of an image; a digest belongs to none of them.

    >>> parts_of("192.168.6.164:5000/well-known/pause:3.9")
    ('192.168.6.164:5000/well-known', 'pause', '3.9')
    """
    bare = image.partition("@")[0]
    repository, _, last = bare.rpartition("/")
    name, _, tag = last.partition(":")
    return repository, name, tag
