import type { TestContext } from '@mentorline/testkit';
import type { TestBrowser, Visit } from '@mentorline/testkit/browser';
import { type OpsGateway, openOps } from './operators.ts';

export interface OpsPages extends OpsGateway {
  origin: string;
  /** Somebody who has signed in, in a browser of their own. */
  enter(email: string, options?: Parameters<TestBrowser['visit']>[2]): Promise<Visit>;
}

/** A gateway that listens, for browsers on its pages for operators. */
export async function openOpsPages(t: TestContext, { visit }: TestBrowser): Promise<OpsPages> {
  const gateway = await openOps(t);
  const origin = await gateway.app.listen({ host: '127.0.0.1', port: 0 });
  const enter: OpsPages['enter'] = async (email, options) => {
    const visited = await visit(t, origin, options);
    const { page } = visited;
    await page.goto('/ops');
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill(gateway.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('/ops');
    return visited;
  };
  return { ...gateway, origin, enter };
}
