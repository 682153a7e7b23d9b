package llm

import (
	"bytes"
	"encoding/json"
	"strings"
)

// chunk is one value of an answer, a piece or the whole, as any server writes it. What
// differs between servers is read leniently, here and nowhere else.
type chunk struct {
	text    string // for the visitor, unless there are thoughts or calls in it
	thought string // what the server itself calls reasoning
	calls   []callPart
	finish  string // the reason of the end, "" if it goes on
	whole   bool   // this is a whole answer
	usage   *usage
	model   string // who answers, by the server's own word; "" if it does not say
}

// maxModelName bounds what is remembered of a model's name, in characters.
const maxModelName = 200

// callPart is a piece of a call of a tool.
type callPart struct {
	index     int // -1 if the server does not say
	id        string
	name      string
	arguments string
}

type usage struct {
	PromptTokens     int `json:"prompt_tokens"`
	CompletionTokens int `json:"completion_tokens"`
}

// wire is a value as it comes. Everything whose type differs between servers stays raw.
type wire struct {
	Choices *[]struct {
		Index        json.RawMessage `json:"index"`
		Delta        *saying         `json:"delta"`
		Message      *saying         `json:"message"`
		Text         json.RawMessage `json:"text"`
		FinishReason json.RawMessage `json:"finish_reason"`
		Error        json.RawMessage `json:"error"`
	} `json:"choices"`
	Model  json.RawMessage `json:"model"`
	Usage  json.RawMessage `json:"usage"`
	Error  json.RawMessage `json:"error"`
	Object json.RawMessage `json:"object"`
	Type   json.RawMessage `json:"type"`
}

// saying is a delta or a message. The names of reasoning are those of vLLM, SGLang,
// Ollama, OpenRouter, DeepSeek, Groq, LiteLLM and Anthropic's compatible endpoint.
type saying struct {
	Content          json.RawMessage `json:"content"`
	Refusal          json.RawMessage `json:"refusal"`
	Reasoning        json.RawMessage `json:"reasoning"`
	ReasoningContent json.RawMessage `json:"reasoning_content"`
	ReasoningText    json.RawMessage `json:"reasoning_text"`
	ReasoningDetails json.RawMessage `json:"reasoning_details"`
	Thinking         json.RawMessage `json:"thinking"`
	ThinkingBlocks   json.RawMessage `json:"thinking_blocks"`
	ToolCalls        json.RawMessage `json:"tool_calls"`
	FunctionCall     json.RawMessage `json:"function_call"`
	ExtraContent     struct {
		Google struct {
			Thought bool `json:"thought"`
		} `json:"google"`
	} `json:"extra_content"`
}

// parse reads a value. An error that came with status 200 is returned as one.
func parse(v value) (chunk, error) {
	var w wire
	if err := json.Unmarshal(v.json, &w); err != nil && !v.failed {
		return chunk{}, errGarbled
	}
	said := func(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" && string(raw) != `""` }
	failed := v.failed || said(w.Error) || textOf(w.Object) == "error" || textOf(w.Type) == "error"
	if failed || w.Choices == nil && !said(w.Usage) {
		reason := reasonIn(v.json)
		if failed || reason.text != "" {
			return chunk{}, &fault{status: reason.status, code: reason.code, reason: reason.text, streamed: true}
		}
	}
	c := chunk{model: clip(textOf(w.Model), maxModelName)}
	if said(w.Usage) {
		c.usage = &usage{}
		if json.Unmarshal(w.Usage, c.usage) != nil {
			c.usage = nil
		}
	}
	if w.Choices == nil {
		return c, nil
	}
	for _, choice := range *w.Choices {
		if n := numberOf(choice.Index, 0); n != 0 {
			continue // more choices than requested
		}
		c.finish = reasonOfEnd(choice.FinishReason)
		if said(choice.Error) || strings.EqualFold(c.finish, "error") { // OpenRouter
			reason := reasonIn(choice.Error)
			return chunk{}, &fault{status: reason.status, code: reason.code, reason: reason.text, streamed: true}
		}
		switch {
		case choice.Delta != nil:
			c.add(choice.Delta)
		case choice.Message != nil:
			c.whole = true
			c.add(choice.Message)
		default:
			c.text += textOf(choice.Text)
		}
		break
	}
	return c, nil
}

func (c *chunk) add(w *saying) {
	text, thought := partsOf(w.Content)
	if w.ExtraContent.Google.Thought {
		text, thought = "", thought+text
	}
	c.text += text + textOf(w.Refusal)
	c.thought += thought
	// Servers that change from one name to the other send both, with the same words.
	for _, raw := range []json.RawMessage{w.ReasoningContent, w.Reasoning, w.ReasoningText, w.Thinking, w.ThinkingBlocks, w.ReasoningDetails} {
		if len(raw) == 0 || string(raw) == "null" || string(raw) == `""` || string(raw) == "[]" {
			continue
		}
		if s := textOf(raw); s != "" {
			c.thought += s
		} else {
			c.thought += string(raw)
		}
		break
	}
	c.calls = append(c.calls, callsOf(w.ToolCalls)...)
	if len(w.FunctionCall) > 0 && string(w.FunctionCall) != "null" {
		c.calls = append(c.calls, callOf([]byte(`{"function":`+string(w.FunctionCall)+`}`)))
	}
}

// reasonOfEnd reads a finish_reason: a word, or an object with one as its type.
func reasonOfEnd(raw json.RawMessage) string {
	if len(raw) > 0 && raw[0] == '{' {
		var object struct {
			Type string `json:"type"`
		}
		_ = json.Unmarshal(raw, &object)
		return strings.TrimSpace(object.Type)
	}
	reason := strings.TrimSpace(textOf(raw))
	if strings.EqualFold(reason, "null") || strings.EqualFold(reason, "none") {
		return "" // it goes on
	}
	return reason
}

// textOf returns a JSON string, "" for anything else.
func textOf(raw json.RawMessage) string {
	var s string
	if len(raw) == 0 || raw[0] != '"' || json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// numberOf returns a JSON number, or otherwise for anything else.
func numberOf(raw json.RawMessage, otherwise int) int {
	var n int
	if len(raw) == 0 || string(raw) == "null" || json.Unmarshal(raw, &n) != nil {
		return otherwise
	}
	return n
}

// partsOf reads the content of a message: a string, or parts, some of which may be
// thoughts (Mistral's Magistral, Anthropic).
func partsOf(raw json.RawMessage) (text, thought string) {
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0:
		return "", ""
	case raw[0] == '"':
		return textOf(raw), ""
	case raw[0] == '[':
		var parts []json.RawMessage
		_ = json.Unmarshal(raw, &parts)
		for _, p := range parts {
			t, h := partsOf(p)
			text, thought = text+t, thought+h
		}
		return text, thought
	case raw[0] != '{':
		return "", ""
	}
	var part struct {
		Type     string          `json:"type"`
		Text     json.RawMessage `json:"text"`
		Content  json.RawMessage `json:"content"`
		Refusal  json.RawMessage `json:"refusal"`
		Thinking json.RawMessage `json:"thinking"`
		Thought  json.RawMessage `json:"thought"`
	}
	_ = json.Unmarshal(raw, &part)
	kind := strings.ToLower(part.Type)
	if strings.Contains(kind, "think") || strings.Contains(kind, "thought") || strings.Contains(kind, "reason") || string(part.Thought) == "true" {
		return "", string(raw)
	}
	text, thought = partsOf(part.Content)
	return textOf(part.Text) + textOf(part.Refusal) + text, thought
}

// callsOf reads calls of tools: a list, or a single one.
func callsOf(raw json.RawMessage) []callPart {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || raw[0] != '[' {
		if len(raw) > 0 && raw[0] == '{' {
			return []callPart{callOf(raw)}
		}
		return nil
	}
	var list []json.RawMessage
	_ = json.Unmarshal(raw, &list)
	var calls []callPart
	for _, one := range list {
		if one = bytes.TrimSpace(one); len(one) > 0 && one[0] == '{' {
			calls = append(calls, callOf(one))
		}
	}
	return calls
}

func callOf(raw json.RawMessage) callPart {
	var c struct {
		Index     json.RawMessage `json:"index"`
		ID        json.RawMessage `json:"id"`
		Name      json.RawMessage `json:"name"`
		Arguments json.RawMessage `json:"arguments"`
		Function  struct {
			Name       json.RawMessage `json:"name"`
			Arguments  json.RawMessage `json:"arguments"`
			Parameters json.RawMessage `json:"parameters"`
		} `json:"function"`
	}
	_ = json.Unmarshal(raw, &c)
	p := callPart{index: numberOf(c.Index, -1), id: textOf(c.ID), name: textOf(c.Function.Name) + textOf(c.Name)}
	for _, a := range []json.RawMessage{c.Function.Arguments, c.Function.Parameters, c.Arguments} {
		if len(a) == 0 || string(a) == "null" {
			continue
		}
		if a[0] == '"' {
			p.arguments += textOf(a)
		} else {
			p.arguments += string(a) // an object instead of a string with one
		}
	}
	return p
}
