package llm

import (
	"regexp"
	"strings"
)

// tag is a mark in angle brackets.
type tag struct {
	means meaning
	until string // what ends it, in lower case; "": the end of the answer, or any mark of an end
}

// maxTag bounds a tag, in bytes.
const maxTag = 160

// parseTag reads the tag at the beginning of a text: its length, 0 if it is none that a
// screen knows, or wait.
func parseTag(in string, force bool) (tag, int) {
	end := -1
	for i := 1; i < len(in) && i < maxTag; i++ {
		if in[i] == '>' {
			end = i
			break
		}
		if in[i] == '\n' || in[i] == '<' {
			return tag{}, 0
		}
	}
	inner := in[1:]
	if end >= 0 {
		inner = in[1:end]
	}
	low := strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(inner, "｜", "|"), "▁", "_"))
	bar := strings.HasPrefix(low, "|") || strings.HasPrefix(low, "/|") || low == "channel|" || low == "tool_call|"
	if end < 0 {
		if force || len(in) >= maxTag || !mayBeTag(low) {
			return tag{}, 0
		}
		return tag{}, wait
	}
	if bar {
		return parseToken(low, end+1)
	}
	m := tagForm.FindStringSubmatch(low)
	if m == nil {
		return tag{}, 0
	}
	slash, name, rest := m[1] == "/", m[2], m[3]
	means, ok := known[name]
	switch {
	case low == "/s":
		return tag{means: struck}, end + 1
	case low == "end_of_turn" || low == "eos":
		return tag{means: ends}, end + 1
	case low == "start_of_turn":
		return tag{means: role}, end + 1
	case !ok || name == "details" && !strings.Contains(rest, "reasoning"):
		if wrappers[name] && rest == "" {
			return tag{means: dropped}, end + 1
		}
		return tag{}, 0
	case name == "details" && slash:
		return tag{}, 0
	case name == "details":
		return tag{thoughtBegins, "</details>"}, end + 1
	case slash && means == thoughtBegins:
		return tag{means: thoughtEnds}, end + 1
	case slash:
		return tag{means: dropped}, end + 1
	case strings.HasSuffix(rest, "/") && means != callBegins:
		return tag{means: dropped}, end + 1
	case means == callBegins && strings.HasSuffix(rest, "/"):
		return tag{callBegins, ""}, end + 1
	case means == thoughtBegins:
		return tag{means: thoughtBegins}, end + 1
	}
	return tag{means, "</" + name + ">"}, end + 1
}

// wrappers are tags around the answer itself.
var wrappers = map[string]bool{"answer": true, "final_answer": true, "response": true, "final": true}

var tagForm = regexp.MustCompile(`^\s*(/?)\s*([a-z_]+(?::[a-z_]+)?)\s*((?:[\s=/].*)?)$`)

// mayBeTag reports whether the beginning of a tag may become one that is known.
func mayBeTag(low string) bool {
	low = strings.TrimPrefix(strings.TrimLeft(low, " "), "/")
	low = strings.TrimLeft(low, " ")
	if low == "" || low[0] == '|' {
		return true
	}
	name := low
	if i := strings.IndexAny(low, " =/"); i >= 0 {
		_, ok := known[low[:i]]
		return ok || wrappers[low[:i]]
	}
	for n := range known {
		if strings.HasPrefix(n, name) {
			return true
		}
	}
	for n := range wrappers {
		if strings.HasPrefix(n, name) {
			return true
		}
	}
	for _, n := range []string{"s", "end_of_turn", "start_of_turn", "eos", "channel|", "tool_call|"} {
		if strings.HasPrefix(n, name) {
			return true
		}
	}
	return false
}

// parseToken reads a special token such as <|im_end|>: bars are |, words in lower case.
func parseToken(low string, n int) (tag, int) {
	name := strings.Trim(low, "|/ ")
	if !tokenForm.MatchString(name) {
		return tag{}, 0
	}
	slash := strings.HasPrefix(low, "|/") || strings.HasPrefix(low, "/|")
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(name, p) {
				return true
			}
		}
		return false
	}
	last := slash || has("end", "suffix", "_sep", "close")
	switch {
	case low == "|channel": // Gemma's form, without a header
		return tag{thoughtBegins, "<channel|>"}, n
	case name == "channel" && low == "channel|":
		return tag{means: thoughtEnds}, n
	case name == "channel":
		return tag{means: channel}, n
	case name == "start", name == "im_start", name == "start_header_id", name == "assistant":
		return tag{means: role}, n
	case name == "end_header_id":
		return tag{means: dropped}, n
	case has("think", "thought", "inner_", "reasoning"):
		if last {
			return tag{means: thoughtEnds}, n
		}
		return tag{means: thoughtBegins}, n
	case has("tool", "plugin", "python_tag", "action", "function", "dsml"):
		if last {
			return tag{means: dropped}, n
		}
		return tag{callBegins, ""}, n
	case name == "im_end", name == "eot_id", name == "endoftext", name == "return", name == "end_of_text", name == "end_of_sentence", name == "end_of_turn", name == "eot", name == "eos", name == "user", name == "system", name == "observation", name == "endofprompt":
		return tag{means: ends}, n
	}
	return tag{means: dropped}, n
}

var tokenForm = regexp.MustCompile(`^[a-z_][a-z_0-9 :."|]{1,60}$|^"$`)

// thoughtMark reads a mark within thoughts.
func thoughtMark(in string, force bool) (meaning, int) {
	if in[0] == '<' {
		t, n := parseTag(in, force)
		if n > 0 && t.until == "</details>" {
			return dropped, n
		}
		return t.means, n
	}
	marks := bracketMarks
	if in[0] != '[' {
		marks = triangleMarks
	}
	for _, m := range marks {
		n := min(len(m.mark), len(in))
		if !strings.EqualFold(m.mark[:n], in[:n]) {
			continue
		}
		if n == len(m.mark) {
			return m.means, n
		}
		if !force {
			return dropped, wait
		}
	}
	return dropped, 0
}
