package llm

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// Names of what an answer in JSON has in it, in lower case and without separators.
var (
	envelopeThoughts = nameSet("thought thoughts thinking thoughtprocess reasoning reason rationale analysis reflection scratchpad chainofthought cot internal internalthoughts internalthought internalmonologue innermonologue innerthoughts plan steps explanation think reasoningcontent selfreflection observation confidence 思考 思考过程 推理 分析")
	envelopeAnswers  = strings.Fields("finalanswer finalresponse answer response reply final output message content text result actioninput 回答 答案 回复")
)

// envelopeKeys are how the keys begin that an answer in JSON may begin with.
var envelopeKeys = strings.Fields("thought thinking think reason rationale analysis reflection scratchpad chain cot internal inner plan steps explanation self answer response reply final output message content action 思 推 分 回 答")

// mayBeEnvelope reports whether the text may yet become JSON that an answer is in.
func mayBeEnvelope(in string) bool {
	key, may := firstKey(in)
	return may && couldBegin(envelopeKeys, strings.TrimLeft(key, "_ "))
}

// opened takes the answer out of JSON, if it is an answer with its thoughts beside it, or
// an answer alone. What is broken or cut off is read as far as it goes: ok is true if there
// are thoughts in it, even if no answer is found.
func opened(in string) (answer string, ok bool) {
	var v any
	if json.Unmarshal([]byte(in), &v) == nil {
		return openedValue(v)
	}
	thought := false
	for _, m := range keyForm.FindAllStringSubmatch(in, 40) {
		thought = thought || envelopeThoughts[plainKey(m[1])]
	}
	if !thought {
		return "", false
	}
	at := len(envelopeAnswers)
	for _, m := range textForm.FindAllStringSubmatch(in, 40) {
		if i := slices.Index(envelopeAnswers, plainKey(m[1])); i >= 0 && i < at {
			at, answer = i, unquoted(m[2])
		}
	}
	return answer, true
}

var (
	keyForm  = regexp.MustCompile(`["']([\p{L}_ -]{1,40})["']\s*:`)
	textForm = regexp.MustCompile(`(?s)["']([\p{L}_ -]{1,40})["']\s*:\s*"((?:[^"\\]|\\.)*)(?:"|\\?$)`)
)

func unquoted(s string) string {
	var text string
	if json.Unmarshal([]byte(`"`+strings.ReplaceAll(s, "\n", `\n`)+`"`), &text) == nil {
		return text
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, `\n`, "\n"), `\"`, `"`)
}

func plainKey(key string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(key))
}

func openedValue(v any) (answer string, ok bool) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			a, is := openedValue(one)
			if !is {
				return "", false
			}
			answer, ok = strings.TrimSpace(answer+"\n\n"+a), true
		}
		return answer, ok
	case map[string]any:
		found, others, thoughts := map[string]any{}, 0, false
		for key, value := range v {
			key = plainKey(key)
			found[key] = value
			thoughts = thoughts || envelopeThoughts[key]
			if !envelopeThoughts[key] && !slices.Contains(envelopeAnswers, key) && key != "action" {
				others++
			}
		}
		action, _ := found["action"].(string)
		final := plainKey(action) == "finalanswer"
		if others > 0 && !final || !thoughts && !final && (len(v) != 1 || !slices.ContainsFunc([]string{"answer", "response", "reply", "finalanswer", "finalresponse"}, func(k string) bool { return found[k] != nil })) {
			return "", false
		}
		for _, name := range envelopeAnswers {
			switch inner := found[name].(type) {
			case string:
				return inner, true
			case map[string]any:
				if text, is := openedValue(inner); is {
					return text, true
				}
				for _, n := range envelopeAnswers {
					if text, is := inner[n].(string); is {
						return text, true
					}
				}
			}
		}
		return "", thoughts && !slices.ContainsFunc([]string{"action", "tool"}, func(k string) bool { return found[k] != nil })
	}
	return "", false
}

// envelope is JSON that may have the answer in it. It is held until it is complete.
type envelope struct {
	before string // the fence of the block that it is in, and white space
	whole  strings.Builder
	depth  int
	quote  byte // in a string; 0: in none
	escape bool // after a backslash in a string
}

// write takes text up to the end of the JSON and reports how much that is, and whether the
// end is in it.
func (e *envelope) write(text string) (n int, complete bool) {
	for i := 0; i < len(text) && !complete; i++ {
		switch c := text[i]; {
		case e.escape:
			e.escape = false
		case e.quote != 0 && c == '\\':
			e.escape = true
		case e.quote != 0:
			if c == e.quote {
				e.quote = 0
			}
		case c == '"':
			e.quote = c
		case c == '{' || c == '[':
			e.depth++
		case c == '}' || c == ']':
			e.depth--
			complete = e.depth == 0
		}
		n = i + 1
	}
	e.whole.WriteString(text[:n])
	return n, complete
}

// readEnvelope decides, after that many bytes of a fence, whether an answer begins with
// JSON that it may be in. 0: with something else.
func (s *screen) readEnvelope(fence int, force bool) int {
	in := s.in[fence:]
	if s.any || s.noEnvelope || !mayBeEnvelope(in) {
		return 0
	}
	m := keyForm.FindStringSubmatch(in)
	if m == nil {
		if force || len(in) > maxTag {
			return 0
		}
		return wait
	}
	if key := plainKey(m[1]); !envelopeThoughts[key] && !slices.Contains(envelopeAnswers, key) && key != "action" {
		return 0
	}
	s.envelope, s.mode = &envelope{before: s.in[:fence]}, enveloped
	return fence
}

// inEnvelope holds JSON until it is complete. The answer that is in it takes its place.
func (s *screen) inEnvelope(final bool) int {
	e := s.envelope
	n, complete := e.write(s.in)
	if !complete && !final {
		return n
	}
	whole, rest := e.whole.String(), s.in[n:]
	s.envelope, s.mode = nil, reading
	answer, ok := opened(whole)
	if !ok || calledIn(whole) {
		s.noEnvelope = true
		s.in = e.before + whole + rest
		return 0
	}
	s.think(whole)
	s.trusted = true
	s.in = answer + rest
	s.unfence = strings.TrimSpace(strings.TrimRight(e.before, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 \t\r\n"))
	return 0
}
