import { type Answer, Refusal, type Visit } from "../engines/page.ts";

/** What only a person does who is logged in, never a program with a token: else a token that leaked would make others. */
export function byHand<A extends Answer | Promise<Answer>>(answer: (visit: Visit) => A): (visit: Visit) => A {
  return visit => {
    if (/^Bearer /.test(visit.header("authorization") ?? ""))
      throw new Refusal(403, "This is not done with a token.", "Log in, and do it on the page.");
    return answer(visit);
  };
}
