package llm

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// tooLong reports whether an endpoint says that the prompt does not fit. There is no common code for it, so the sentences of the servers are
// recognized: OpenAI, Azure, vLLM, SGLang, llama.cpp, Ollama, LM Studio, Mistral, Gemini,
// Groq, DeepSeek, Anthropic, Bedrock, Cohere, TGI and what passes their words on.
func tooLong(f *fault) bool {
	if f.streamed && f.status != http.StatusTooManyRequests {
		return tooLongSentence.MatchString(f.said())
	}
	switch f.status {
	case http.StatusRequestEntityTooLarge:
		return true
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusNotFound:
		return tooLongSentence.MatchString(f.said())
	}
	return false
}

var tooLongSentence = regexp.MustCompile(`(?i)` + strings.Join([]string{
	`context[ _]length`, `context[ _](window|size)`, `exceed_context_size`, `maximum (sequence|model|input|prompt|token) `,
	`(input|prompt|request|message|conversation)s?( \w+)? (is|are|was) too (long|large)`, `too many (input )?tokens`, `too large for model`,
	`(input|prompt)[ _]?(token|length)s?\b.{0,40}\b(exceed|longer|larger|more|greater|must be (less|at most))`,
	`exceeds? the (maximum|max|available|model).{0,30}(token|context|length)`, `(reduce|shorten) (the length of )?(the|your) (message|prompt|input)`,
	`max_(model_len|seq_len|total_tokens|input_(tokens|length)|prompt_tokens)`, `tokens? to keep from the initial prompt`, `n_ctx`, `string_above_max_length`,
	`inputs?\b.{0,30}(must have less than|must be <=)`, `context_?window_?exceeded`, `range of input length`,
}, "|"))

// windowIn finds the number of tokens that the model can handle, in the endpoint's words.
func windowIn(said string) int {
	for _, form := range windowForms {
		m := form.FindStringSubmatch(said)
		if m == nil {
			continue
		}
		if n, err := strconv.Atoi(strings.ReplaceAll(m[1], ",", "")); err == nil && n >= 64 && n < 1<<30 {
			return n
		}
	}
	return 0
}

// windowForms are tried in this order: "maximum context length is 2048 tokens", "available
// context size (2048 tokens)", "n_ctx: 4096"; "32768 maximum context length"; "> 200000
// maximum"; "limit: 8192", "maximum number of tokens allowed (4096)".
var windowForms = []*regexp.Regexp{
	regexp.MustCompile(`(?i)(?:(?:context|prompt|model|sequence) (?:length|size|window)|n_ctx|max_model_len)[^0-9\n]{0,40}?([0-9][0-9,]*)`),
	regexp.MustCompile(`(?i)([0-9][0-9,]*) (?:tokens )?maximum`),
	regexp.MustCompile(`(?i)(?:limit|allowed|less than|<=)[^0-9\n]{0,20}?([0-9][0-9,]*)`),
}
