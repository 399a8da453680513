import { testCases } from "./cases.ts";

testCases(() => true);
