import { clusterFacts } from "./facts.ts";
import { startStandalone } from "./standalone.ts";

clusterFacts(startStandalone);
