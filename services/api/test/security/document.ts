import type { Gateway } from '../open-gateway.ts';

export interface Operation {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  /** Both, as the tables of the tests name it. */
  name: string;
}

/** Every operation of the document that the gateway serves. */
export async function readOperations({ call }: Gateway): Promise<Operation[]> {
  const { paths } = (await call(null, 'GET', '/openapi.json')).json() as { paths: Record<string, object> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((key) => {
      const method = key.toUpperCase() as Operation['method'];
      return { method, path, name: `${method} ${path}` };
    }),
  );
}
