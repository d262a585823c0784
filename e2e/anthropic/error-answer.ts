const ERROR_TYPES: Record<number, { type: string; message: string }> = {
  400: { type: "invalid_request_error", message: "messages: at least one message is required" },
  401: { type: "authentication_error", message: "invalid x-api-key" },
  402: { type: "billing_error", message: "Your credit balance is too low to access the Anthropic API." },
  403: { type: "permission_error", message: "Your API key does not have permission to use the specified resource." },
  404: { type: "not_found_error", message: "Not found" },
  413: { type: "request_too_large", message: "Request exceeds the maximum size" },
  429: { type: "rate_limit_error", message: "This request would exceed your organization's rate limit." },
  500: { type: "api_error", message: "Internal server error" },
  504: { type: "timeout_error", message: "Request timed out" },
  529: { type: "overloaded_error", message: "Overloaded" },
};

/** The body of an error as the API answers it: the type belongs to the status. */
export function errorBody(status: number, requestId: string, message?: string): string {
  const known = ERROR_TYPES[status] ?? ERROR_TYPES[status < 500 ? 400 : 500];
  const error = { type: known?.type ?? "api_error", message: message ?? known?.message ?? "Internal server error" };
  return JSON.stringify({ type: "error", error, request_id: requestId });
}
