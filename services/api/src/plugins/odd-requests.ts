import { AppError } from '@mentorline/runtime';
import fp from 'fastify-plugin';

/** What Node would refuse with a bare status, before any hook, is a request like any other here. */
export const oddRequests = fp(
  async (app) => {
    // An expectation that is not known may be left unheeded (RFC 9110).
    app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
    // The server is told to let it through.
    app.addHook('onRequest', async ({ raw }) => {
      if (raw.httpVersion === '1.1' && raw.headers.host === undefined) {
        throw new AppError('BODY_INVALID', 'A request of HTTP/1.1 says at which host it is aimed: send Host');
      }
    });
  },
  { name: 'odd-requests' },
);
