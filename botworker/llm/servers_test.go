package llm

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"
)

// raw sends a body as it is, with its Content-Type.
func raw(contentType string, parts ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		for _, p := range parts {
			_, _ = io.WriteString(w, p)
			_ = http.NewResponseController(w).Flush()
		}
	}
}

// delta is an event with such a delta.
func delta(fields string) string { return `{"choices":[{"index":0,"delta":{` + fields + `}}]}` }

func content(text string) string {
	b, _ := json.Marshal(text)
	return delta(`"content":` + string(b))
}

const finished = `{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`

func toolCalls(call string) string { return delta(`"tool_calls":` + call) }

// slowly sends something every few seconds for that long, and then an answer.
func slowly(every, long time.Duration, what string, answer ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for range int(long / every) {
			_, _ = io.WriteString(w, what)
			_ = http.NewResponseController(w).Flush()
			<-time.After(every) // of the bubble's own time
		}
		events(answer...)(w, r)
	}
}

// slowEnd sends values and keeps the connection open after them.
func slowEnd(values ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		events(values...)(w, r)
		_ = http.NewResponseController(w).Flush()
		select {
		case <-r.Context().Done():
		case <-time.After(10 * time.Minute): // of the bubble's own time
		}
	}
}

// cutEnd sends values and cuts the connection.
func cutEnd(values ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		events(values...)(w, r)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

func after(wait time.Duration, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		<-time.After(wait) // of the bubble's own time
		h(w, r)
	}
}

// unless answers a request that has such a field with an error, and any other with words.
func unless(field string, code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var has map[string]json.RawMessage
		sent, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(sent, &has)
		if _, ok := has[field]; ok || field == "role system" && strings.Contains(string(sent), `"role":"system"`) {
			status(code, body, "Content-Type", "application/json")(w, r)
			return
		}
		if string(has["stream"]) == "false" {
			raw("application/json", `{"choices":[{"index":0,"message":{"role":"assistant","content":"All is well."},"finish_reason":"stop"}]}`)(w, r)
			return
		}
		words("All is well.")(w, r)
	}
}

const handed = `"hand_over_to_person"`

// Each row is something that a server of that name sends.
var servers = []struct {
	server, manner string
	handler        http.HandlerFunc
	text           string
	person         bool
	requests       int // 1 if 0
}{
	// how an answer comes
	{"OpenAI", "usage at the end", events(delta(`"role":"assistant","content":""`), content("All is "), content("well."), finished, `{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}`, "[DONE]"), "All is well.", false, 0},
	{"Azure", "results of the filter before and after, without choices or a delta", events(`{"choices":[],"prompt_filter_results":[{"prompt_index":0}]}`, content("All is well."), `{"choices":[{"index":0,"finish_reason":null,"content_filter_results":{}}]}`, finished, "[DONE]"), "All is well.", false, 0},
	{"Azure", "a withheld prompt", status(400, `{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.","code":"content_filter","innererror":{"code":"ResponsibleAIPolicyViolation"}}}`), "", false, 0},
	{"vLLM", "reasoning, then words", events(delta(`"role":"assistant","content":""`), delta(`"reasoning":"SECRET"`), delta(`"reasoning":"more","content":null`), content("All is well."), finished, "[DONE]"), "All is well.", false, 0},
	{"vLLM", "reasoning_content for 40 s", slowly(time.Second, 40*time.Second, "data: "+delta(`"reasoning_content":"SECRET"`)+"\n\n", content("All is well."), finished, "[DONE]"), "All is well.", false, 0},
	{"SGLang", "null everywhere", events(`{"choices":[{"index":0,"delta":{"role":"assistant","content":"All is ","reasoning_content":null,"tool_calls":null},"logprobs":null,"finish_reason":null,"matched_stop":null}],"usage":null}`, content("well."), `{"choices":[{"index":0,"delta":{"content":null},"finish_reason":"stop","matched_stop":151645}],"usage":null}`, "[DONE]"), "All is well.", false, 0},
	{"SGLang", "choices that are null", events(`{"choices":null}`, content("All is well."), finished, "[DONE]"), "All is well.", false, 0},
	{"Ollama", "reasoning, and an empty finish_reason", events(`{"choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning":"SECRET"},"finish_reason":""}]}`, `{"choices":[{"index":0,"delta":{"content":"All is well."},"finish_reason":""}]}`, `{"choices":[{"index":0,"delta":{"content":""},"finish_reason":"load"}]}`, finished, "[DONE]"), "All is well.", false, 0},
	{"Ollama", "a cold start of 40 s", after(40*time.Second, words("All is well.")), "All is well.", false, 0},
	{"llama.cpp", "a comment as a sign of life", slowly(5*time.Second, 50*time.Second, ":\n\n", content("All is well."), finished, "[DONE]"), "All is well.", false, 0},
	{"LM Studio", "event lines", raw("text/event-stream", "event: message\nid: 1\nretry: 5\ndata: "+content("All is well.")+"\n\ndata: "+finished+"\n\ndata: [DONE]\n\n"), "All is well.", false, 0},
	{"OpenRouter", "comments for 25 s", slowly(time.Second, 25*time.Second, ": OPENROUTER PROCESSING\n\n", content("All is well."), finished, "[DONE]"), "All is well.", false, 0},
	{"OpenRouter", "reasoning_details", events(delta(`"content":"","reasoning":"SECRET","reasoning_details":[{"type":"reasoning.text","text":"SECRET"}]`), content("All is well."), finished, "[DONE]"), "All is well.", false, 0},
	{"OpenRouter", "empty deltas for 25 s", slowly(time.Second, 25*time.Second, "data: "+delta(`"role":"assistant","content":""`)+"\n\n", content("All is well."), finished, "[DONE]"), "All is well.", false, 0},
	{"Mistral", "Magistral's thoughts among the parts", events(delta(`"content":[{"type":"thinking","thinking":[{"type":"text","text":"SECRET"}]}]`), delta(`"content":[{"type":"text","text":"All is "},{"type":"text","text":"well."}]`), finished, "[DONE]"), "All is well.", false, 0},
	{"Gemini", "thoughts in the content, no index", events(`{"choices":[{"delta":{"content":"<thought>SECRET","extra_content":{"google":{"thought":true}},"role":"assistant"},"index":0}]}`, `{"choices":[{"delta":{"content":"All is well.","role":"assistant"},"finish_reason":"STOP","index":0}]}`, "[DONE]"), "All is well.", false, 0},
	{"DeepSeek", "keep-alive, and reasoning_content", raw("text/event-stream; charset=utf-8", ": keep-alive\n\n", "data: "+delta(`"content":null,"reasoning_content":"SECRET"`)+"\n\n", "data: "+content("All is well.")+"\n\ndata: "+finished+"\n\ndata: [DONE]\n\n"), "All is well.", false, 0},
	{"Groq", "x_groq, and usage in it", events(`{"choices":[{"index":0,"delta":{"content":"All is well."}}],"x_groq":{"id":"r"}}`, `{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"x_groq":{"usage":{"prompt_tokens":3}}}`, "[DONE]"), "All is well.", false, 0},
	{"LiteLLM", "thinking_blocks", events(delta(`"content":"","reasoning_content":"SECRET","thinking_blocks":[{"type":"thinking","thinking":"SECRET"}]`), content("All is well."), finished, "[DONE]"), "All is well.", false, 0},
	{"Perplexity", "the whole so far beside each piece", events(`{"choices":[{"index":0,"delta":{"content":"All is "},"message":{"content":"All is "}}]}`, `{"choices":[{"index":0,"delta":{"content":"well."},"message":{"content":"All is well."},"finish_reason":"stop"}]}`), "All is well.", false, 0},
	{"a proxy", "the whole once more at the end", events(content("All is "), content("well."), `{"choices":[{"index":0,"message":{"content":"All is well."},"finish_reason":"stop"}]}`, "[DONE]"), "All is well.", false, 0},
	{"a proxy", "several choices", events(`{"choices":[{"index":1,"delta":{"content":"No."}},{"index":0,"delta":{"content":"All is well."}}]}`, finished, "[DONE]"), "All is well.", false, 0},
	{"a proxy", "CRLF, and no space after data:", raw("text/event-stream", "data:"+content("All is well.")+"\r\n\r\ndata:"+finished+"\r\n\r\ndata:[DONE]\r\n\r\n"), "All is well.", false, 0},
	{"a proxy", "a byte order mark, and no empty lines", raw("text/event-stream", "\uFEFFdata: "+content("All is well.")+"\ndata: "+finished+"\ndata: [DONE]\n"), "All is well.", false, 0},
	{"a proxy", "a value over several lines of data", raw("text/event-stream", "data: {\"choices\":[\ndata: {\"index\":0,\"delta\":{\"content\":\"All is well.\"}}]}\n\ndata: "+finished+"\n\n"), "All is well.", false, 0},
	{"a proxy", "no end of the last line", raw("text/event-stream", "data: "+content("All is well.")+"\n\ndata: "+finished), "All is well.", false, 0},
	{"a proxy", "no [DONE]", events(content("All is well."), finished), "All is well.", false, 0},
	{"a proxy", "no finish_reason", events(content("All is well."), "[DONE]"), "All is well.", false, 0},
	{"a proxy", "a completion instead of a stream", raw("application/json", `{"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"All is well."},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":5}}`), "All is well.", false, 0},
	{"a proxy", "the same, pretty, as text", raw("text/plain", "\n{\n  \"choices\": [\n    {\n      \"message\": {\n        \"content\": \"All is well.\"\n      }\n    }\n  ]\n}\n"), "All is well.", false, 0},
	{"a proxy", "the same, as one event", events(`{"choices":[{"index":0,"message":{"role":"assistant","content":"All is well."},"finish_reason":null}]}`, "[DONE]"), "All is well.", false, 0},
	{"a proxy", "the same, with thoughts", raw("application/json", `{"choices":[{"message":{"content":"<think>SECRET</think>All is well.","reasoning_content":"SECRET"},"finish_reason":"stop"}]}`), "All is well.", false, 0},
	{"a proxy", "values on lines of their own", raw("application/x-ndjson", content("All is ")+"\n", content("well.")+"\n"+finished+"\n"), "All is well.", false, 0},
	{"a proxy that buffers", "everything at once after 40 s", after(40*time.Second, raw("text/event-stream", "data: "+content("All is ")+"\n\ndata: "+content("well.")+"\n\ndata: "+finished+"\n\ndata: [DONE]\n\n")), "All is well.", false, 0},
	{"a proxy", "no end mark at all, each time", events(content("All is well.")), "All is well.", false, 2},

	{"a proxy", "CR alone", raw("text/event-stream", "data: "+content("All is ")+"\r\rdata: "+content("well.")+"\r\r", "data: "+finished+"\r\rdata: [DONE]\r\r"), "All is well.", false, 0},
	{"a proxy", "CR LF that is cut in two", raw("text/event-stream", "data: {\"choices\":[\r", "\ndata: {\"index\":0,\"delta\":{\"content\":\"All is well.\"}}]}\r", "\n\r", "\ndata: "+finished+"\r\n\r\n"), "All is well.", false, 0},
	{"a proxy", "two values in one event", raw("text/event-stream", "data: "+content("All is ")+content("well.")+"\n\ndata: "+finished+"\n\ndata: [DONE]\n\n"), "All is well.", false, 0},
	{"a proxy", "events within events", raw("text/event-stream", "data: data: "+content("All is well.")+"\n\ndata: data: "+finished+"\n\ndata: data: [DONE]\n\n"), "All is well.", false, 0},
	{"a proxy", "data that is no value, as a sign of life", raw("text/event-stream", "data: ping\n\ndata: null\n\nevent: ping\ndata: {\"type\":\"ping\"}\n\ndata: "+content("All is well.")+"\n\ndata: ping\n\ndata: "+finished+"\n\ndata: \"[DONE]\"\n\n"), "All is well.", false, 0},
	{"a server in Python", "NaN and Infinity", events(`{"choices":[{"index":0,"delta":{"content":"All is well."},"logprobs":{"p":[NaN, -Infinity]},"finish_reason":null}]}`, finished, "[DONE]"), "All is well.", false, 0},
	{"a model", "other line breaks", events(content("One\vtwo\fthree\u0085four\u2028five\r\nsix"), finished, "[DONE]"), "One\ntwo\nthree\nfour\nfive\nsix", false, 0},
	{"a server in Python", "NaN in the words", events(content("All: NaN"), finished, "[DONE]"), "All: NaN", false, 0},
	{"a proxy", "no end after the finish_reason", slowEnd(content("All is well."), finished), "All is well.", false, 0},
	{"a proxy", "a cut after the finish_reason", cutEnd(content("All is well."), finished), "All is well.", false, 0},
	{"a proxy", "an error after the finish_reason", events(content("All is well."), finished, `{"error":{"message":"upstream closed"}}`), "All is well.", false, 0},
	{"a proxy", "all so far in each message", events(`{"choices":[{"message":{"content":"All "},"finish_reason":null}]}`, `{"choices":[{"message":{"content":"All is "},"finish_reason":null}]}`, `{"choices":[{"message":{"content":"All is well."},"finish_reason":"stop"}]}`, "[DONE]"), "All is well.", false, 0},
	{"a proxy", "pieces that are called messages", events(`{"choices":[{"message":{"content":"All "},"finish_reason":null}]}`, `{"choices":[{"message":{"content":"is well."},"finish_reason":null}]}`, finished, "[DONE]"), "All is well.", false, 0},
	{"a proxy", "a finish_reason in letters until the end", events(`{"choices":[{"delta":{"content":"All is "},"finish_reason":"null"}]}`, `{"choices":[{"delta":{"content":"well."},"finish_reason":"None"}]}`, finished, "[DONE]"), "All is well.", false, 0},

	// a call for a person
	{"OpenAI", "a call in fragments", events(toolCalls(`[{"index":0,"id":"c","type":"function","function":{"name":`+handed+`,"arguments":""}}]`), toolCalls(`[{"index":0,"function":{"arguments":"{\"rea"}}]`), toolCalls(`[{"index":0,"function":{"arguments":"son\":\"x\"}"}}]`), `{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}`, "[DONE]"), "", true, 0},
	{"vLLM", "two calls with one index", events(toolCalls(`[{"index":0,"id":"a","function":{"name":`+handed+`,"arguments":"{\"reason\":\"a\"}"}}]`), toolCalls(`[{"index":0,"id":"b","function":{"name":`+handed+`,"arguments":"{\"reason\":\"b\"}"}}]`), finished, "[DONE]"), "", true, 0},
	{"SGLang", "two calls with one index and no ids", events(toolCalls(`[{"index":0,"function":{"name":"search","arguments":"{}"}}]`), toolCalls(`[{"index":0,"function":{"name":`+handed+`,"arguments":"{}"}}]`), finished, "[DONE]"), "", true, 0},
	{"Gemini", "a call without an index", events(`{"choices":[{"delta":{"role":"assistant","tool_calls":[{"extra_content":{"google":{"thought_signature":"x"}},"function":{"arguments":"{\"reason\":\"x\"}","name":`+handed+`},"id":"","type":"function"}]},"finish_reason":"tool_calls","index":0}]}`, "[DONE]"), "", true, 0},
	{"Ollama", "arguments that are an object", events(toolCalls(`[{"function":{"name":`+handed+`,"arguments":{"reason":"x"}}}]`), finished, "[DONE]"), "", true, 0},
	{"Ollama", "a call with finish_reason stop, and words", events(content("One moment. "), toolCalls(`[{"index":0,"id":"c","function":{"name":`+handed+`,"arguments":"{}"}}]`), finished, "[DONE]"), "One moment.", true, 0},
	{"Mistral", "a call in a completion", raw("application/json", `{"choices":[{"index":0,"message":{"content":"","tool_calls":[{"id":"c","index":0,"function":{"name":`+handed+`,"arguments":"{\"reason\": \"x\"}"}}]},"finish_reason":"tool_calls"}]}`), "", true, 0},
	{"llama.cpp", "arguments that are null, then broken", events(toolCalls(`[{"index":0,"id":"c","function":{"name":`+handed+`,"arguments":null}}]`), toolCalls(`[{"index":0,"function":{"arguments":"{\"reason\": \"x"}}]`), finished, "[DONE]"), "", true, 0},
	{"LiteLLM", "the older function_call", events(delta(`"function_call":{"name":`+handed+`,"arguments":"{}"}`), finished, "[DONE]"), "", true, 0},
	{"DeepSeek", "a name with a namespace", events(toolCalls(`[{"index":0,"id":"c","function":{"name":"functions.hand_over_to_person","arguments":"{}"}}]`), finished, "[DONE]"), "", true, 0},
	{"a proxy", "the call alone, no list, an index in quotes", events(toolCalls(`{"index":"0","function":{"name":`+handed+`,"arguments":"{}"}}`), finished, "[DONE]"), "", true, 0},
	{"vLLM", "a call in the text", events(content("<tool_"), content("call>{\"name\": "), content(`"hand_over_to_person"}`), content("</tool_call>"), finished, "[DONE]"), "", true, 0},
	{"vLLM", "a call within the reasoning", events(delta(`"reasoning":"SECRET <tool_call>\n{\"name\": \"hand_over_to_person\"}\n</tool_call>"`), finished, "[DONE]"), "", true, 0},
	{"Groq", "a call that it can't read", status(400, `{"error":{"message":"Failed to call a function. Please adjust your prompt. See 'failed_generation' for more details.","type":"invalid_request_error","code":"tool_use_failed","failed_generation":"<function=hand_over_to_person>{\"reason\": \"x\"}"}}`), "", true, 0},
	{"Ollama", "a call that it can't read", status(500, `{"error":{"message":"error parsing tool call: raw='{\"reason\": \"x', err=unexpected end of JSON input","type":"api_error"}}`), "", true, 0},

	{"Gemini", "a call that it can't read", events(`{"choices":[{"index":0,"delta":{"role":"assistant"},"finish_reason":"function_call_filter: MALFORMED_FUNCTION_CALL"}]}`, "[DONE]"), "", true, 0},
	{"SGLang", "a finish_reason that is an object", events(content("All is well."), `{"choices":[{"index":0,"delta":{},"finish_reason":{"type":"stop","matched":2}}]}`), "All is well.", false, 0},

	// what is refused
	{"OpenAI", "stream_options", unless("stream_options", 400, `{"error":{"message":"Unrecognized request argument supplied: stream_options","type":"invalid_request_error","param":null,"code":null}}`), "All is well.", false, 2},
	{"Mistral", "stream_options", unless("stream_options", 422, `{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","stream_options","include_usage"],"msg":"Extra inputs are not permitted","input":true}]},"type":"invalid_request_error"}`), "All is well.", false, 2},
	{"FastAPI", "stream_options", unless("stream_options", 422, `{"detail":[{"loc":["body","stream_options"],"msg":"extra fields not permitted","type":"value_error.extra"}]}`), "All is well.", false, 2},
	{"vLLM", "tools", unless("tools", 400, `{"object":"error","message":"\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set","type":"BadRequestError","param":null,"code":400}`), "All is well.", false, 2},
	{"Ollama", "tools", unless("tools", 400, `{"error":{"message":"registry.ollama.ai/library/gemma3:4b does not support tools","type":"api_error","param":null,"code":null}}`), "All is well.", false, 2},
	{"llama.cpp", "tools", unless("tools", 500, `{"error":{"code":500,"message":"tools param requires --jinja flag","type":"server_error"}}`), "All is well.", false, 2},
	{"OpenRouter", "tools", unless("tools", 404, `{"error":{"message":"No endpoints found that support tool use. To learn more about provider routing, visit: https://openrouter.ai/docs","code":404}}`), "All is well.", false, 2},
	{"OpenRouter", "tools, by its provider", unless("tools", 400, `{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"message\":\"tools is not supported by this model\"}","provider_name":"X"}}}`), "All is well.", false, 2},
	{"Groq", "tools", unless("tools", 400, "{\"error\":{\"message\":\"`tool calling` is not supported with this model\",\"type\":\"invalid_request_error\"}}"), "All is well.", false, 2},
	{"DeepSeek", "tools", unless("tools", 400, `{"error":{"message":"deepseek-reasoner does not support Function Calling","type":"invalid_request_error","param":null,"code":"invalid_request_error"}}`), "All is well.", false, 2},
	{"LiteLLM", "tools", unless("tools", 400, `{"error":{"message":"litellm.UnsupportedParamsError: ollama does not support parameters: ['tools'], for model=x. To drop these, set litellm.drop_params=True","type":"None","param":"None","code":"400"}}`), "All is well.", false, 2},
	{"LM Studio", "tools, in a string", unless("tools", 400, `{"error":"This model does not support tools."}`), "All is well.", false, 2},
	{"Bedrock", "tools in a stream", unless("stream_options", 400, `{"message":"This model doesn't support tool use in streaming mode."}`), "All is well.", false, 2},
	{"a proxy", "a stream", unless("stream_options", 400, `{"detail":"Streaming is not supported"}`), "All is well.", false, 2},
	{"vLLM", "the role of the system", unless("role system", 400, `{"object":"error","message":"System role not supported","type":"BadRequestError","code":400}`), "All is well.", false, 2},
	{"vLLM", "the role of the system, for Mistral", unless("role system", 400, `{"object":"error","message":"Conversation roles must alternate user/assistant/user/assistant/...","type":"BadRequestError","code":400}`), "All is well.", false, 2},
	{"llama.cpp", "the role of the system", unless("role system", 500, `{"error":{"code":500,"message":"Only user, assistant and tool roles are supported, got system. at row 189, column 164","type":"server_error"}}`), "All is well.", false, 2},
	{"Gemini", "the role of the system, in a list", unless("role system", 400, `[{"error":{"code":400,"message":"Developer instruction is not enabled for models/gemma-3-27b-it","status":"INVALID_ARGUMENT"}}]`), "All is well.", false, 2},
	{"a proxy", "an option, without a reason", unless("stream_options", 400, ``), "All is well.", false, 2},
	{"a proxy", "another one, without a reason", unless("tools", 400, `<html><title>400 Bad Request</title></html>`), "All is well.", false, 3},
	{"vLLM", "tools, within a stream", func(w http.ResponseWriter, r *http.Request) {
		sent, _ := io.ReadAll(r.Body)
		if strings.Contains(string(sent), `"tools"`) {
			events(`{"error":{"message":"this model does not support tools","type":"BadRequestError","code":400}}`, "[DONE]")(w, r)
			return
		}
		words("All is well.")(w, r)
	}, "All is well.", false, 2},
}
