"use client";

import { FailedDocument } from "#portal/ui/errors/failed-document.tsx";

export default FailedDocument;
