import { createServer, type Server } from 'node:http';
import { KeelsonError } from '@keelson/sdk';

/** Answers `/healthz` on loopback: 200 `ok`, or 500 with what is wrong. */
export function openHealthServer(port: number, problems: () => readonly string[]): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url !== '/healthz') return void response.writeHead(404).end('404 page not found\n');
    const wrong = problems();
    response.writeHead(wrong.length === 0 ? 200 : 500, { 'content-type': 'text/plain; charset=utf-8' }).end(wrong.length === 0 ? 'ok' : `${wrong.join('\n')}\n`);
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new KeelsonError('KEEL_PORT_TAKEN', `health port ${port} cannot be used: ${error.message}; choose another as healthPort`, { cause: error })));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
