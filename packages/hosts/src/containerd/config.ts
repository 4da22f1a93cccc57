/** What differs between the containerds of two hosts. Paths are absolute. */
export interface ContainerdSettings {
  /** Images and snapshots; kept. */
  readonly root: string;
  /** Of running containers; gone with the power. */
  readonly state: string;
  readonly socket: string;
  readonly runc: string;
  readonly runcRoot: string;
  /** Image of every sandbox's first process. */
  readonly sandboxImage: string;
  readonly cniBinDir: string;
  readonly cniConfDir: string;
}

const cri = 'plugins."io.containerd.grpc.v1.cri"';

/** The text of config.toml, version 2. */
export function containerdConfig(settings: ContainerdSettings): string {
  const text = (value: string): string => JSON.stringify(value); // TOML's basic strings are JSON's
  return `version = 2
root = ${text(settings.root)}
state = ${text(settings.state)}
# Snapshotters for which this machine has nothing, and a folder for binaries of the whole machine.
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper"]

[grpc]
  address = ${text(settings.socket)}

[ttrpc]
  address = ${text(`${settings.socket}.ttrpc`)}

[${cri}]
  sandbox_image = ${text(settings.sandboxImage)}
  # The agent, in the same network namespace, is the only one who connects to it.
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
  disable_apparmor = true
  # Without CAP_SYS_RESOURCE a score below one's own cannot be set.
  restrict_oom_score_adj = true
  # Found, and taken down with the rest, when the host is switched off.
  netns_mounts_under_state_dir = true

  [${cri}.containerd]
    snapshotter = "overlayfs"

    [${cri}.containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"

      [${cri}.containerd.runtimes.runc.options]
        BinaryName = ${text(settings.runc)}
        Root = ${text(settings.runcRoot)}
        SystemdCgroup = false

  [${cri}.cni]
    bin_dir = ${text(settings.cniBinDir)}
    conf_dir = ${text(settings.cniConfDir)}
`;
}
