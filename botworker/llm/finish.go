package llm

import "strings"

// finishOf understands the reasons of all servers: a word, in any case, with anything
// else being an ordinary end ("stop", "eos", "tool_calls", "end_turn").
func finishOf(reason string) Finish {
	switch r := strings.ToLower(reason); {
	case strings.Contains(r, "length") || strings.Contains(r, "max_tokens") || r == "limit" || r == "model_context_window_exceeded":
		return Length
	case strings.Contains(r, "filter") || strings.Contains(r, "safety") || strings.Contains(r, "recitation") ||
		strings.Contains(r, "prohibited") || strings.Contains(r, "blocklist") || strings.Contains(r, "refusal") || r == "spii" || r == "sensitive":
		return Filter
	}
	return Stop
}
