package llm

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

// Each server says in its own words that a prompt does not fit.
func TestAPromptThatIsTooLongIsRecognizedInEveryServersWords(t *testing.T) {
	for _, c := range []struct {
		server string
		status int
		said   string
		window int
	}{
		{"OpenAI", 400, "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens. Please reduce the length of the messages.", 8192},
		{"OpenAI, without the sentence", 400, "context_length_exceeded", 0},
		{"OpenAI, responses", 400, "Your input exceeds the context window of this model. Please adjust your input and try again.", 0},
		{"vLLM", 400, "This model's maximum context length is 2048 tokens. However, you requested 2301 tokens (2045 in the messages, 256 in the completion). Please reduce the length of the messages or completion.", 2048},
		{"vLLM, newer", 400, "'max_tokens' or 'max_completion_tokens' is too large: 4096. This model's maximum context length is 2048 tokens and your request has 100 input tokens", 2048},
		{"vLLM, prompt", 400, "The decoder prompt (length 9001) is longer than the maximum model length of 4096. Make sure that `max_model_len` is no smaller than the number of text tokens.", 4096},
		{"SGLang", 400, "The input (9001 tokens) is longer than the model's context length (4096 tokens).", 4096},
		{"SGLang, requested", 400, "Requested token count exceeds the model's maximum context length of 4096 tokens. You requested a total of 9000 tokens.", 4096},
		{"llama.cpp", 400, "the request exceeds the available context size, try increasing it", 0},
		{"llama.cpp, newer", 400, "request (9001 tokens) exceeds the available context size (2048 tokens), try increasing it", 2048},
		{"llama.cpp, code", 400, "exceed_context_size_error", 0},
		{"Ollama", 400, "the input length exceeds the context length", 0},
		{"Ollama, prompt", 500, "prompt too long; exceeded max context length by 12 tokens", 0},
		{"LM Studio", 400, "Trying to keep the first 9001 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough.", 4096},
		{"LM Studio, older", 400, "The number of tokens to keep from the initial prompt is greater than the context length. Try to load the model with a larger context length, or provide a shorter input", 0},
		{"Mistral", 400, "Prompt contains 40001 tokens, too large for model with 32768 maximum context length", 32768},
		{"Gemini", 400, "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).", 1048576},
		{"Groq", 413, "Request too large for model `llama-3.1-8b-instant` in organization `org` on tokens per minute (TPM): Limit 6000, Requested 9001", 6000},
		{"Groq, length", 400, "Please reduce the length of the messages or completion.", 0},
		{"DeepSeek", 400, "This model's maximum context length is 65536 tokens. However, you requested 70000 tokens", 65536},
		{"Anthropic", 400, "prompt is too long: 210000 tokens > 200000 maximum", 200000},
		{"Bedrock", 400, "Input is too long for requested model.", 0},
		{"Cohere", 400, "too many tokens: total number of tokens in the prompt cannot exceed 4081", 0},
		{"TGI", 422, "Input validation error: `inputs` must have less than 4095 tokens. Given: 9001", 4095},
		{"TGI, total", 422, "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 9000 `inputs` tokens", 4096},
		{"OpenRouter", 400, "This endpoint's maximum context length is 32768 tokens. However, you requested about 40000 tokens", 32768},
		{"LiteLLM", 400, "litellm.ContextWindowExceededError: litellm.BadRequestError: prompt too big", 0},
		{"xAI", 400, "This model's maximum prompt length is 131072 but the request contains 140000 tokens.", 131072},
		{"Qwen", 400, "Range of input length should be [1, 30720]", 0},
		{"Cerebras", 400, "Please reduce the length of the messages or completion. Current length is 9001 while limit is 8192", 8192},
		{"nginx before it", 413, "413 Request Entity Too Large", 0},
	} {
		if !tooLong(&fault{status: c.status, reason: c.said}) {
			t.Errorf("%s is not recognized: %s", c.server, c.said)
		}
		if n := windowIn(c.said); n != c.window {
			t.Errorf("%s: a window of %d, expected %d", c.server, n, c.window)
		}
	}
	for _, other := range []string{"Unrecognized request argument supplied: stream_options", "Invalid model", "max_tokens is not supported with this model. Use 'max_completion_tokens' instead.", "Rate limit reached for requests", "tools param requires --jinja flag", ""} {
		if tooLong(&fault{status: http.StatusBadRequest, reason: other}) {
			t.Errorf("taken for a prompt that is too long: %s", other)
		}
	}
	if tooLong(&fault{status: http.StatusTooManyRequests, reason: "too many tokens per minute"}) {
		t.Error("a busy endpoint is taken for a small one")
	}
}

func TestAPromptThatIsTooLongIsATypedError(t *testing.T) {
	endpoint(t, func(t *testing.T, c *Client, requests *[]map[string]any) {
		_, err := c.Stream(t.Context(), ask, Unmetered{}, &recorder{})
		failure, _ := errors.AsType[*Error](err)
		if !errors.Is(err, ErrTooLong) || failure == nil || failure.Window != 2048 || failure.Temporary || len(*requests) != 1 {
			t.Errorf("%v after %d requests", err, len(*requests))
		}
	}, status(400, `{"error":{"message":"This model's maximum context length is 2048 tokens. However, you requested 2301 tokens.","type":"BadRequestError"}}`))
	endpoint(t, func(t *testing.T, c *Client, requests *[]map[string]any) {
		if _, err := c.Stream(t.Context(), ask, Unmetered{}, &recorder{}); !errors.Is(err, ErrTooLong) || len(*requests) != 1 {
			t.Errorf("within a stream: %v after %d requests", err, len(*requests))
		}
	}, events(`{"error":{"message":"This endpoint's maximum context length is 32768 tokens."}}`, "[DONE]"))
	if errors.Is(&Error{Status: 400}, ErrTooLong) {
		t.Error("any error is one of a long prompt")
	}
}

func TestTheReasonOfTheEndIsKnown(t *testing.T) {
	for reason, want := range map[string]Finish{
		"stop": Stop, "STOP": Stop, "eos": Stop, "eos_token": Stop, "tool_calls": Stop, "function_call": Stop, "": Stop, "end_turn": Stop, "load": Stop,
		"length": Length, "MAX_TOKENS": Length, "model_length": Length, "max_tokens": Length, "context_length": Length,
		"content_filter": Filter, "SAFETY": Filter, "content-filter": Filter, "PROHIBITED_CONTENT": Filter, "RECITATION": Filter, "refusal": Filter, "SPII": Filter,
	} {
		if got := finishOf(reason); got != want {
			t.Errorf("%q is %q, expected %q", reason, got, want)
		}
	}
	end := func(reason string) http.HandlerFunc {
		return events(`{"choices":[{"index":0,"delta":{"content":"It ends in the mid"},"finish_reason":"`+reason+`"}]}`, "[DONE]")
	}
	endpoint(t, func(t *testing.T, c *Client, _ *[]map[string]any) {
		for _, want := range []Finish{Length, Stop, Filter} {
			if r, err := c.Stream(t.Context(), ask, Unmetered{}, &recorder{}); err != nil || r.Finish != want || r.Text != "It ends in the mid" {
				t.Errorf("%+v, %v; expected %s", r, err, want)
			}
		}
	}, end("length"), end("stop"), end("content_filter"))
	endpoint(t, func(t *testing.T, c *Client, requests *[]map[string]any) {
		r, err := c.Stream(t.Context(), ask, Unmetered{}, &recorder{})
		if err != nil || r.Finish != Filter || r.Text != "" || len(*requests) != 1 {
			t.Errorf("a withheld answer: %+v, %v after %d requests", r, err, len(*requests))
		}
	}, events(`{"choices":[{"index":0,"delta":{},"finish_reason":"content_filter"}]}`, "[DONE]"))
	endpoint(t, func(t *testing.T, c *Client, _ *[]map[string]any) {
		if r, err := c.Stream(t.Context(), ask, Unmetered{}, &recorder{}); err != nil || r.Finish != Length {
			t.Errorf("an answer without end: %q, %v", r.Finish, err)
		}
	}, words(strings.Repeat("word ", 2000)))
}
