package llm

import (
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
)

// fault is an endpoint's refusal or failure, in its own words.
type fault struct {
	status   int    // the HTTP status, or the code of an error within a stream; 0 if unknown
	code     string // its name for the fault, such as "insufficient_quota"
	reason   string // what it says; may hold parts of the key, see Client.clean
	streamed bool   // it came with status 200, instead of an answer or in the middle of one
}

func (f *fault) Error() string { return fmt.Sprintf("HTTP %d: %s", f.status, f.reason) }

// said is all that the endpoint says, to search for words.
func (f *fault) said() string { return f.code + " " + f.reason }

// reason is what a body says about a failure.
type reason struct {
	text   string
	code   string
	status int
}

// reasonIn finds the reason in a body, wherever it stands: OpenAI's error.message, Ollama's
// error, vLLM's message, FastAPI's detail (a string or a list), Mistral's message.detail,
// Gemini's list of one error, OpenRouter's error.metadata.raw, errors, the title of a page
// of a proxy, or plain text.
func reasonIn(body []byte) reason {
	var v any
	if len(body) == 0 {
		return reason{}
	}
	if json.Unmarshal(body, &v) != nil {
		return reason{text: plainReason(string(body))}
	}
	var r reason
	r.search(v, 0)
	return r
}

// reasonKeys are in the order in which they are worth reading.
var reasonKeys = []string{"error", "errors", "message", "detail", "details", "msg", "error_message", "error_description", "description", "reason", "title", "metadata", "raw", "innererror", "response", "failed_generation"}

func (r *reason) search(v any, depth int) {
	if depth > 6 || len(r.text) > 2000 {
		return
	}
	switch v := v.(type) {
	case string:
		r.add(v, depth)
	case []any:
		for _, one := range v[:min(len(v), 5)] {
			r.search(one, depth+1)
		}
	case map[string]any:
		for _, key := range []string{"code", "status", "type"} {
			r.name(v[key])
		}
		if where, ok := v["loc"].([]any); ok { // which field a validator means
			var path []string
			for _, p := range where {
				path = append(path, fmt.Sprint(p))
			}
			r.add(strings.Join(path, ".")+":", depth)
		}
		if p, ok := v["param"].(string); ok && p != "" {
			defer r.add("("+p+")", depth)
		}
		for _, key := range reasonKeys {
			if inner, ok := v[key]; ok {
				r.search(inner, depth+1)
			}
		}
	}
}

// name takes a code: a number that is an HTTP status, or a word.
func (r *reason) name(v any) {
	switch v := v.(type) {
	case float64:
		if v >= 400 && v < 600 && r.status == 0 {
			r.status = int(v)
		}
	case string:
		if n, err := strconv.Atoi(v); err == nil {
			r.name(float64(n))
		} else if len(v) <= 100 && !strings.Contains(r.code, v) {
			r.code = strings.TrimSpace(r.code + " " + v)
		}
	}
}

// add takes words that were not said before. A string may hold JSON: what a proxy got.
func (r *reason) add(s string, depth int) {
	s = strings.TrimSpace(s)
	if i := strings.IndexAny(s, "{["); i >= 0 && i < 40 {
		var v any
		if json.Unmarshal([]byte(s[i:]), &v) == nil {
			inner := reason{}
			if inner.search(v, depth+1); inner.text != "" {
				r.name(float64(inner.status))
				r.code = strings.TrimSpace(r.code + " " + inner.code)
				s = strings.TrimSpace(s[:i] + inner.text)
			}
		}
	}
	if s == "" || strings.Contains(r.text, s) {
		return
	}
	r.text = strings.TrimSpace(r.text + " " + clip(s, 1000))
}

var (
	pageTitle = regexp.MustCompile(`(?is)<(?:title|h1)[^>]*>(.*?)</(?:title|h1)>`)
	anyTag    = regexp.MustCompile(`(?s)<(?:style|script).*?</(?:style|script)>|<[^>]*>`)
)

// plainReason reads a body that is no JSON.
func plainReason(s string) string {
	if m := pageTitle.FindStringSubmatch(s); m != nil && strings.TrimSpace(m[1]) != "" {
		s = m[1]
	}
	return strings.TrimSpace(html.UnescapeString(anyTag.ReplaceAllString(s, " ")))
}
