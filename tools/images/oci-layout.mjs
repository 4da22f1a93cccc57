// An image of one layer as OCI image layout in a tar, with its full name where containerd's import looks for it.
// https://github.com/opencontainers/image-spec/blob/main/image-layout.md
import { createHash } from 'node:crypto';
import { tarOf } from './tar.mjs';

const epoch = '1970-01-01T00:00:00Z';

/**
 * @param {{ name: string, architecture: string, entries: Parameters<typeof tarOf>[0], config: object, from: string }} image
 *   `config` is the image's run configuration, `from` says where its content is from
 */
export function imageArchive({ name, architecture, entries, config, from }) {
  const layer = tarOf(entries);
  const settings = json({
    architecture,
    os: 'linux',
    created: epoch,
    config,
    rootfs: { type: 'layers', diff_ids: [digest(layer)] },
    history: [{ created: epoch, created_by: from }],
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: descriptor('application/vnd.oci.image.config.v1+json', settings),
    layers: [descriptor('application/vnd.oci.image.layer.v1.tar', layer)],
  });
  const index = json({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      {
        ...descriptor('application/vnd.oci.image.manifest.v1+json', manifest),
        platform: { architecture, os: 'linux' },
        annotations: { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': name.slice(name.lastIndexOf(':') + 1) },
      },
    ],
  });
  return tarOf([
    { path: 'oci-layout', data: json({ imageLayoutVersion: '1.0.0' }) },
    { path: 'index.json', data: index },
    { path: 'blobs/' },
    { path: 'blobs/sha256/' },
    ...[settings, manifest, layer].map((data) => ({ path: `blobs/sha256/${digest(data).slice('sha256:'.length)}`, data })),
  ]);
}

function descriptor(mediaType, data) {
  return { mediaType, digest: digest(data), size: data.length };
}

function digest(data) {
  return `sha256:${createHash('sha256').update(data).digest('hex')}`;
}

function json(value) {
  return Buffer.from(JSON.stringify(value));
}
