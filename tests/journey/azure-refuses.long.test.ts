import { testRefusal } from "./azure-faults.ts";

// Azure's client repeats what a server failed at for three quarters of a minute, and can't be told otherwise.
testRefusal(500, "InternalError", /500|InternalError/);
