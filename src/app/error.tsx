"use client";

import { FailedRootPage } from "#portal/ui/errors/failed-root-page.tsx";

export default FailedRootPage;
