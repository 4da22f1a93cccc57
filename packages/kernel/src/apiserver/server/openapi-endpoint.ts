import type { ApiServer } from '../api-server.ts';
import { noSuchPath } from '../api-errors.ts';
import { builtinKinds } from '@keelson/api';
import type { OpenApi } from '../openapi/index.ts';
import type { PathEndpoints, PathHandler } from './path-endpoints.ts';
import { kubernetesVersion } from './version.ts';

/** `/openapi/v2` and `/openapi/v3`: the module with all descriptions is loaded when somebody asks. */
export function addOpenApi(paths: PathEndpoints, server: ApiServer): void {
  const { registry } = server.context;
  let documents: OpenApi | undefined;
  const kinds = () => [...registry.kinds(), ...builtinKinds().filter(({ verbs }) => verbs.length === 0)];
  registry.onChange(() => documents?.setKinds(kinds()));
  const answer: PathHandler = async ({ exchange, path, query }) => {
    if (documents === undefined) {
      const { OpenApi } = await import('../openapi/index.ts');
      documents ??= new OpenApi(kinds(), { version: `v${kubernetesVersion}`, schemaOf: ({ group, version, plural }) => registry.find(group, version, plural)?.custom?.schema });
    }
    const document = await documents.answerInTurns(path, exchange.header('accept'), server.context.nextTurn);
    if (document === undefined) throw noSuchPath();
    const hash = query.get('hash');
    const headers = {
      'content-type': document.contentType,
      etag: document.etag,
      vary: 'Accept-Encoding, Accept',
      // A URL with the right hash never changes its content.
      'cache-control': hash !== undefined && document.etag === `"${hash}"` ? 'public, immutable, max-age=31536000' : 'no-cache, private',
    };
    if (exchange.header('if-none-match')?.includes(document.etag) === true) exchange.send(304, headers, []);
    else if (exchange.header('accept-encoding')?.includes('gzip') === true) exchange.send(200, { ...headers, 'content-encoding': 'gzip' }, [await document.gzip()]);
    else exchange.send(200, headers, [document.body]);
  };
  paths.set('/openapi/v2', answer);
  paths.set('/openapi/v3', answer);
  paths.set('/openapi/v3/*', answer);
}
