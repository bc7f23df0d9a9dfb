import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { searchWords } from '@mentorline/domain';
import { AppError } from '@mentorline/runtime';
import { isBehind, type Store } from '@mentorline/store';
import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { organisationOf } from '../accounts/organisation-of.ts';
import { actorOf } from '../http/actor.ts';
import { IdText } from '../http/id-params.ts';
import { cutPage, Page, PageQuery, Query, readCursor, SearchText } from '../http/paging.ts';
import {
  addOption,
  changeOption,
  NewOption,
  OPTION_LISTS,
  OptionChange,
  type OptionList,
  OptionView,
  presentOption,
} from '../organisation/options.ts';
import { requireRole, userOf } from '../plugins/auth.ts';

const List = Type.Enum(Object.keys(OPTION_LISTS) as OptionList[], { description: 'which list of options' });
const ListParams = Type.Object({ list: List });
const Place = Type.Object({ order: Type.String({ maxLength: 1_000 }), id: IdText });
const OptionParams = Type.Object({ list: List, id: IdText });

export function optionRoutes(deps: { store: Store; now: () => Date }): FastifyPluginAsyncTypebox {
  const { store } = deps;
  const by = async (request: FastifyRequest) => {
    const user = userOf(request);
    return { user, organisation: await organisationOf(store, user), actor: actorOf(request) };
  };
  return async (app) => {
    app.get(
      '/v1/options/:list',
      {
        onRequest: requireRole('session_manager', 'org_admin'),
        schema: {
          operationId: 'listOptions',
          tags: ['organisation'],
          summary: 'The options of a list, in the order of their labels',
          params: ListParams,
          querystring: Query({
            search: Type.Optional(
              SearchText('each word begins a word of the label; case and accents do not count'),
            ),
            retired: Type.Optional(
              Type.Boolean({ default: false, description: 'true: those that are offered no longer, too' }),
            ),
            ...PageQuery,
          }),
          response: { 200: Page(OptionView) },
        },
      },
      async (request) => {
        const { organisationId } = userOf(request);
        const { retired, search = '', limit = 20, cursor } = request.query;
        const place = readCursor(Place, cursor);
        const words = searchWords(search);
        const all = await store.options.listOptions(organisationId, OPTION_LISTS[request.params.list]);
        const matching = all.filter(
          ({ isRetired, order }) => (retired || !isRetired) && (!search.trim() || hasWords(order, words)),
        );
        const behind = place ? matching.filter((option) => isBehind(option, place)) : matching;
        const { page, nextCursor } = cutPage(behind, limit, ({ order, id }) => ({ order, id }));
        return { items: page.map(presentOption), nextCursor, total: matching.length };
      },
    );

    app.post(
      '/v1/options/:list',
      {
        config: {
          async answerAgain(request, reply, id) {
            const { list } = request.params as Static<typeof ListParams>;
            const { organisationId } = userOf(request);
            const options = await store.options.listOptions(organisationId, OPTION_LISTS[list]);
            const option = options.find((one) => one.id === id);
            if (!option) throw new AppError('NOT_FOUND', 'The option that was added is gone');
            return reply.code(201).send(presentOption(option));
          },
        },
        onRequest: requireRole('session_manager', 'org_admin'),
        schema: {
          operationId: 'addOption',
          tags: ['organisation'],
          summary: 'Adds an option; the same label again answers the same option',
          description:
            'Where `newOptions` of the organisation is `reject` this needs the role org_admin. 201: new, or offered again.',
          params: ListParams,
          body: NewOption,
          response: { 200: OptionView, 201: OptionView },
        },
      },
      async (request, reply) => {
        const field = OPTION_LISTS[request.params.list];
        const { label } = request.body;
        const { option, isNew } = await addOption(deps, await by(request), { field, label });
        return reply.code(isNew ? 201 : 200).send(presentOption(option));
      },
    );

    app.patch(
      '/v1/options/:list/:id',
      {
        onRequest: requireRole('org_admin'),
        config: { problems: ['OPTION_EXISTS'] },
        schema: {
          operationId: 'updateOption',
          tags: ['organisation'],
          summary: 'Renames an option, retires it or offers it again',
          description: 'Files that say its earlier labels mean it still. Its value never changes.',
          params: OptionParams,
          body: OptionChange,
          response: { 200: OptionView },
        },
      },
      async (request) => {
        const { list, id } = request.params;
        const option = { field: OPTION_LISTS[list], id };
        return presentOption(await changeOption(deps, await by(request), option, request.body));
      },
    );

    app.delete(
      '/v1/options/:list/:id',
      {
        onRequest: requireRole('org_admin'),
        schema: {
          operationId: 'retireOption',
          tags: ['organisation'],
          summary: 'Retires an option: it is offered no longer; sessions that have it keep it',
          params: OptionParams,
          response: { 200: OptionView },
        },
      },
      async (request) => {
        const { list, id } = request.params;
        const option = { field: OPTION_LISTS[list], id };
        return presentOption(await changeOption(deps, await by(request), option, { retired: true }));
      },
    );
  };
}

/** Whether each of the words begins one of the text. Something that is no word is begun by nothing. */
function hasWords(text: string, words: readonly string[]): boolean {
  const own = searchWords(text);
  return words.length > 0 && words.every((word) => own.some((candidate) => candidate.startsWith(word)));
}
