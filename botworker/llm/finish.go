package llm

import "strings"

// calledBadly reports whether an endpoint gives as the reason of the end that it could not
// read a call of the tool (Gemini): there is only one that the model can have meant.
func calledBadly(reason string) bool {
	r := strings.ToLower(reason)
	return strings.Contains(r, "malformed_function_call") || strings.Contains(r, "unexpected_tool_call") || strings.Contains(r, "function_call_filter")
}

// finishOf understands the reasons of all servers: a word, in any case, with anything
// else being an ordinary end ("stop", "eos", "tool_calls", "end_turn").
func finishOf(reason string) Finish {
	switch r := strings.ToLower(reason); {
	case calledBadly(r):
		return Stop
	case strings.Contains(r, "length") || strings.Contains(r, "max_tokens") || r == "limit" || r == "model_context_window_exceeded":
		return Length
	case strings.Contains(r, "filter") || strings.Contains(r, "safety") || strings.Contains(r, "recitation") ||
		strings.Contains(r, "prohibited") || strings.Contains(r, "blocklist") || strings.Contains(r, "refusal") || r == "spii" || r == "sensitive":
		return Filter
	}
	return Stop
}
