import type { Gateway } from '../open-gateway.ts';

export interface Operation {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  /** Both, as the tables of the tests name it. */
  name: string;
}

export interface Document {
  paths: Record<string, Record<string, { parameters?: { name: string; in: string }[] }>>;
}

/** The document, and every operation of it. */
export async function readDocument({ call }: Pick<Gateway, 'call'>): Promise<{
  document: Document;
  operations: Operation[];
}> {
  const document = (await call(null, 'GET', '/openapi.json')).json() as Document;
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((key) => {
      const method = key.toUpperCase() as Operation['method'];
      return { method, path, name: `${method} ${path}` };
    }),
  );
  return { document, operations };
}

/** Every operation of the document that the gateway serves. */
export async function readOperations(gateway: Pick<Gateway, 'call'>): Promise<Operation[]> {
  return (await readDocument(gateway)).operations;
}
