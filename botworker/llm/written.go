package llm

import (
	"encoding/json"
	"regexp"
	"strings"
)

// nameMarks are how a call begins in plain text.
var nameMarks = []string{handOver, `hand\_over\_to\_person`, "functools[", "call:" + handOver, "functions." + handOver}

// decorated is a regular expression for what announces a call on its line, or adorns it.
const decorated = "[ \t>*_`\"'\\[\\](){}.:;=-]*(?:(?:action|tool|tool[_ ]calls?|tool_code|functions?|calls?|calling|calling (?:the )?tool|invoke|using|default_api|assistant|print|json|commentary)[ \t>*_`\"'\\[\\](){}.:;=-]*)*"

var (
	writtenName = regexp.MustCompile(`(?i)^(?:call:|functions\.)*hand\\?_over\\?_to\\?_person(?::\d+)?["'\x60*\]]*[ \t]*(?:\[ARGS\]|<\|[a-z_]+\|>|json)?[ \t]*`)
	// decoration is what may precede a name that is alone on its line.
	decoration  = regexp.MustCompile("(?i)^" + decorated + "$")
	actionInput = regexp.MustCompile(`(?is)^[\s*_\x60]*action[ _]input\s*:.*$`)
	toolInfo    = regexp.MustCompile(`^(tool_?(code|call|calls|use)|tool|function_?calls?|function|functions)\b`)
	markedCall  = regexp.MustCompile(`(?is)<(tool_call|function[=_ ]|\|tool|tool_calls?)[^>]*>?.{0,80}hand_over_to_person|to=functions\.hand_over_to_person|\baction:\s*hand_over_to_person`)
	inName      = regexp.MustCompile(`(?i)hand\\?_over\\?_to\\?_person["'\x60\]]*\s*[({]|["']hand_over_to_person["']\s*[,:}]`)
)

// callStarts are how a block of code begins that may be a call.
var callStarts = []string{"[" + handOver, handOver, "print(", "default_api", "functions.", "<tool", "<function", "<invoke", "result = hand", "call:"}

// mayBeCall reports whether a block of code may be a call, by how it begins.
func mayBeCall(start string) bool {
	if start == "" || start[0] == '{' || start[0] == '[' && !couldBegin([]string{"[" + handOver}, start) {
		return mayBeJSONCall(start)
	}
	return couldBegin(callStarts, start)
}

// calledIn reports whether a text calls for a person.
func calledIn(text string) bool { return inName.MatchString(text) }

// isName reports whether a text is the tool's name and nothing else.
func isName(text string) bool {
	return strings.EqualFold(strings.Trim(strings.ReplaceAll(text, `\`, ""), " `*\"'()[]"), handOver)
}

// callsPerson reports whether what is known to be a call is one of the tool.
func callsPerson(call string) bool {
	return strings.Contains(strings.ToLower(strings.ReplaceAll(call, `\`, "")), handOver)
}

// callShape reports whether a text is JSON that has the form of a call, of any tool.
func callShape(text string) bool {
	var v any
	if json.Unmarshal([]byte(strings.TrimSpace(text)), &v) != nil {
		return cutCall.MatchString(text)
	}
	return isCall(v)
}

// cutCall is the beginning of JSON that calls something and is not complete.
var cutCall = regexp.MustCompile(`(?s)^\s*\[?\s*\{\s*["'](?:name|function|tool|tool_name)["']\s*:\s*["'][\w.\-]+["']\s*,\s*["'](?:arguments|parameters|args|input)["']\s*:`)

func isCall(v any) bool {
	switch v := v.(type) {
	case []any:
		return len(v) > 0 && isCall(v[0])
	case map[string]any:
		if _, ok := v["tool_calls"]; ok {
			return true
		}
		if _, ok := v["function_call"]; ok {
			return true
		}
		named, args := false, false
		for key, value := range v {
			_, isText := value.(string)
			switch key {
			case "name", "tool", "tool_name", "action", "recipient_name":
				named = named || isText
			case "function":
				inner, ok := value.(map[string]any)
				named, args = named || isText || ok, args || ok && inner["arguments"] != nil
			case "arguments", "parameters", "args", "tool_input", "action_input", "kwargs", "input":
				_, isMap := value.(map[string]any)
				args = args || isMap || isText
			case "id", "type", "index", "call_id":
			default:
				return false // something else that has a name
			}
		}
		return named && args
	}
	return false
}

// jsonKeys are those that a call begins with.
var jsonStart = regexp.MustCompile(`(?s)^\[?\s*\{\s*["'](?:name|function|tool|tool_name|tool_calls|function_call|action|recipient_name|type|id|arguments|parameters|` + handOver + `)["']\s*:`)

var jsonKeys = []string{"name", "function", "tool", "tool_name", "tool_calls", "function_call", "action", "recipient_name", "type", "id", "arguments", "parameters", "args", "input", "reason", "thought", "thoughts", "reasoning", "call", "intent", handOver}

// firstKey returns what follows the quote of the first key, if the text may yet become JSON;
// nothing if it does not go that far.
func firstKey(in string) (key string, may bool) {
	rest := strings.TrimLeft(strings.TrimPrefix(in, "["), " \t\r\n")
	if rest == "" {
		return "", true
	}
	if rest[0] != '{' {
		return "", false
	}
	rest = strings.TrimLeft(rest[1:], " \t\r\n")
	if rest == "" {
		return "", true
	}
	return rest[1:], rest[0] == '"' || rest[0] == '\''
}

// mayBeJSONCall reports whether the text may yet become JSON that begins as a call does.
func mayBeJSONCall(in string) bool {
	key, may := firstKey(in)
	if !may {
		return false
	}
	for _, k := range jsonKeys {
		n := min(len(k), len(key))
		if k[:n] != key[:n] {
			continue
		}
		after := strings.TrimLeft(key[n:], "\"' \t\r\n")
		if after == "" || after[0] == ':' {
			return true
		}
	}
	return false
}

// closing is where the bracket at the beginning of a text is closed, or its end.
func closing(in string) int {
	depth, quote := 0, byte(0)
	for i := 0; i < len(in); i++ {
		c := in[i]
		switch {
		case quote != 0 && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' && i > 0 && strings.IndexByte("{[(:, =", in[i-1]) >= 0:
			quote = c
		case c == '{' || c == '[' || c == '(':
			depth++
		case c == '}' || c == ']' || c == ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(in)
}

// balanced reports whether a text that closing took whole is complete.
func balanced(in string) bool {
	last := in[len(in)-1]
	return (last == '}' || last == ']' || last == ')') && closing(in) == len(in) && closing(in+" ") == len(in)
}

// handoverReason finds why a person is needed in a call, however broken it is.
func handoverReason(call string) string {
	var arguments map[string]any
	if json.Unmarshal([]byte(call), &arguments) == nil {
		if inner, ok := arguments["arguments"].(map[string]any); ok {
			arguments = inner
		}
		if inner, ok := arguments["parameters"].(map[string]any); ok {
			arguments = inner
		}
		if text, ok := arguments["reason"].(string); ok {
			return clip(printable(strings.TrimSpace(text)), 200)
		}
	}
	for _, form := range reasonForms {
		if m := form.FindStringSubmatch(call); m != nil {
			text := m[1]
			var plain string
			if json.Unmarshal([]byte(`"`+text+`"`), &plain) == nil {
				text = plain
			}
			return clip(printable(strings.TrimSpace(text)), 200)
		}
	}
	return ""
}

var reasonForms = []*regexp.Regexp{
	regexp.MustCompile(`(?s)reason\\?["']?\s*[:=]\s*\\?["“]((?:[^"\\]|\\[^"])*)`),
	regexp.MustCompile(`(?s)reason["']?\s*[:=]\s*'((?:[^'\\]|\\.)*)`),
	regexp.MustCompile(`(?s)<parameter[= ](?:name=)?"?reason"?>\s*(.*?)\s*</parameter>`),
	regexp.MustCompile(`(?s)<arg_value>\s*(.*?)\s*</arg_value>`),
	regexp.MustCompile(`(?i)hand_over_to_person\s*:\s*([^\n{]+)`),
}
