// The pages in the order of the menu; this is the only list of them.

import { glancePage } from "./glance.js";
import { outcomesPage } from "./outcomes.js";
import { exchangesPage } from "./exchanges.js";
import { skusPage } from "./skus.js";
import { reasonsPage } from "./reasons.js";
import { repurchasePage } from "./repurchase.js";
import { channelsPage } from "./channels.js";
import { timingPage } from "./timing.js";
import { costPage } from "./cost.js";
import { definitionsPage } from "./definitions.js";

export const PAGES = [
  glancePage,
  outcomesPage,
  exchangesPage,
  skusPage,
  reasonsPage,
  repurchasePage,
  channelsPage,
  timingPage,
  costPage,
  definitionsPage,
];
