import { LosslineError } from '../../errors';

/** What an answer that is no success means, in words. `server` is host and port, as users know it. */
export function httpFault(status: number, server: string): LosslineError {
  switch (status) {
    case 401:
    case 407:
      return new LosslineError(
        'remote.auth',
        `${server} wants a key: none was given, or it was refused. Add the source again to enter one.`,
      );
    case 403:
      return new LosslineError(
        'remote.auth',
        `${server} does not allow this. Check that the key belongs to an account that may see it.`,
      );
    case 404:
    case 410:
      return new LosslineError('remote.notFound', `${server} has nothing at this address. Check it in a browser.`);
    case 429:
      return new LosslineError('remote.unreachable', `${server} asks for fewer requests; it is asked again later.`);
    default:
      return status >= 500
        ? new LosslineError(
            'remote.unreachable',
            `${server} answered with an error (${status}); it is asked again later.`,
          )
        : new LosslineError('remote.protocol', `${server} answered with status ${status}, which was not expected.`);
  }
}

/** What a request that got no answer means, in words. `cause` is the code of the system, such as `ECONNREFUSED`. */
export function connectionFault(cause: string, server: string): LosslineError {
  const words: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'refused the connection: nothing listens there. Check address and port, and that the server runs',
    ENOTFOUND: 'is no known host. Check the name',
    EAI_AGAIN: 'is no known host just now. Check the name and the network',
    ETIMEDOUT: 'did not answer in time',
    UND_ERR_CONNECT_TIMEOUT: 'did not answer in time',
    UND_ERR_SOCKET: 'broke the connection off',
    ECONNRESET: 'broke the connection off',
    CERT_HAS_EXPIRED: 'shows a certificate that has expired',
    DEPTH_ZERO_SELF_SIGNED_CERT:
      'shows a certificate that nobody vouches for. Name its authority in NODE_EXTRA_CA_CERTS',
    SELF_SIGNED_CERT_IN_CHAIN: 'shows a certificate that nobody vouches for. Name its authority in NODE_EXTRA_CA_CERTS',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      'shows a certificate that nobody vouches for. Name its authority in NODE_EXTRA_CA_CERTS',
  };
  return new LosslineError('remote.unreachable', `${server} ${words[cause] ?? `cannot be reached (${cause})`}.`);
}
