"use client";

import { FailedPage } from "#portal/ui/errors/failed-page.tsx";

export default FailedPage;
