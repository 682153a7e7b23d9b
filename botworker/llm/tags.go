package llm

import (
	"regexp"
	"strings"
)

// tag is a mark in angle brackets.
type tag struct {
	means meaning
	until string // what ends it, in lower case; "": the end of the answer, or any mark of an end
	ends  bool   // it is a closing tag
}

// maxTag bounds a tag, in bytes.
const maxTag = 160

// parseTag reads the tag at the beginning of a text: its length, 0 if it is none that a
// screen knows, or wait.
func parseTag(in string, force bool) (tag, int) {
	low, end := angled(in, force)
	if end == 0 {
		return tag{}, 0
	}
	bar := strings.HasPrefix(low, "|") || strings.HasPrefix(low, "/|") || low == "channel|" || low == "tool_call|"
	if end == wait {
		if len(in) >= maxTag || !mayBeTag(low) {
			return tag{}, 0
		}
		return tag{}, wait
	}
	if bar {
		return parseToken(low, end)
	}
	m := tagForm.FindStringSubmatch(low)
	if m == nil {
		return tag{}, 0
	}
	slash, name, rest := m[1] == "/", m[2], m[3]
	means, ok := meaningOf(name)
	switch {
	case low == "/s":
		return tag{means: struck}, end
	case low == "end_of_turn" || low == "eos":
		return tag{means: ends}, end
	case low == "start_of_turn":
		return tag{means: role}, end
	case !ok || name == "details" && !strings.Contains(rest, "reasoning"):
		switch {
		case wrappers[name] && rest == "":
			return tag{means: dropped}, end
		case envelopes[name] && rest == "":
			return tag{means: wraps, until: name, ends: slash}, end
		}
		return tag{}, 0
	case name == "details" && slash:
		return tag{}, 0
	case name == "details":
		return tag{means: thoughtBegins, until: "</details>"}, end
	case slash && means == thoughtBegins:
		return tag{means: thoughtEnds}, end
	case slash:
		return tag{means: dropped}, end
	case strings.HasSuffix(rest, "/") && means != callBegins:
		return tag{means: dropped}, end
	case means == callBegins && strings.HasSuffix(rest, "/"):
		return tag{means: callBegins}, end
	case means == thoughtBegins:
		return tag{means: thoughtBegins}, end
	}
	return tag{means: means, until: "</" + name + ">"}, end
}

// wrappers are tags around the answer itself.
var wrappers = map[string]bool{"answer": true, "final_answer": true, "response": true, "final": true}

// envelopes wrap an answer, too, if it begins with them. Elsewhere they are words.
var envelopes = nameSet("output conclusion solution reply assistant assistant_response assistant_reply final_response result message say text speak speech user_facing visible public 回答 回复 答案 返信")

var tagForm = regexp.MustCompile(`^\s*(/?)\s*([\p{L}_.\d]+(?::[\p{L}_.\d]+)?)\s*((?:[\s=/].*)?)$`)

// mayBeTag reports whether the beginning of a tag may become one that is known.
func mayBeTag(low string) bool {
	low = strings.TrimPrefix(strings.TrimLeft(low, " "), "/")
	low = strings.TrimLeft(low, " ")
	if low == "" || low[0] == '|' {
		return true
	}
	if i := strings.IndexAny(low, " =/"); i >= 0 {
		_, ok := meaningOf(low[:i])
		return ok || wrappers[low[:i]]
	}
	return nameSoFar.MatchString(low) // no name is known before it is complete
}

var nameSoFar = regexp.MustCompile(`^[\p{L}_.:|\d]{1,40}$`)

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
		return tag{means: thoughtBegins, until: "<channel|>"}, n
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
		return tag{means: callBegins}, n
	case name == "im_end", name == "eot_id", name == "endoftext", name == "return", name == "end_of_text", name == "end_of_sentence", name == "end_of_turn", name == "eot", name == "eos", name == "user", name == "system", name == "observation", name == "endofprompt":
		return tag{means: ends}, n
	}
	return tag{means: dropped}, n
}

var tokenForm = regexp.MustCompile(`^[a-z_][a-z_0-9 :."|]{1,60}$|^"$`)

// thoughtMark reads a mark within thoughts.
func thoughtMark(in string, force bool) (meaning, int) {
	if oneOf(openAngles, in) != 0 {
		t, n := parseTag(in, force)
		if n > 0 && t.until == "</details>" {
			return dropped, n
		}
		return t.means, n
	}
	for _, m := range append(bracketMarks, triangleMarks...) {
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
