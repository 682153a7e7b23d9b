package chat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxAttributesSize is how many bytes of names and values a page or a site may give at once:
// whoever can open a chat may write them, and they are held until something is said in it.
const MaxAttributesSize = 8 << 10

// FitAttributes returns what fits of the attributes that a page or a site gives, each a text, a
// number or a boolean, in the order of their names. They are cleaned as on a card. A value that
// is too long is cut; what can't be an attribute is left out, and so is what there are too many
// of. wrong says in sentences for the site's developer what was cut or left out; it names no
// value. An empty value stays: it takes one back.
func FitAttributes(given map[string]json.RawMessage) (fit []Attribute, wrong []string) {
	size := 0
	for _, name := range slices.Sorted(maps.Keys(given)) {
		key, err := CleanLine("name of an attribute", straight(name), MaxKey)
		value, readable := plainValue(given[name])
		switch {
		case len(wrong) > MaxAttributes:
			return fit, wrong // enough to see what is wrong
		case err != nil || key == "":
			wrong = append(wrong, fmt.Sprintf("The attribute %.80q is left out: a name has 1 to %d characters.", name, MaxKey))
			continue
		case slices.ContainsFunc(fit, func(a Attribute) bool { return a.Key == key }):
			continue // the same, in other spaces
		case !readable:
			wrong = append(wrong, fmt.Sprintf("The attribute %q is left out: a value is a text, a number, true or false.", key))
			continue
		case len(fit) == MaxAttributes:
			return fit, append(wrong, fmt.Sprintf("There are more than %d attributes: %q and those after it are left out.", MaxAttributes, key))
		}
		if value = strings.Join(strings.Fields(Clean(straight(value))), " "); !strings.ContainsFunc(value, seen) {
			value = ""
		}
		if utf8.RuneCountInString(value) > MaxValue {
			value = string([]rune(value)[:MaxValue-1]) + "…"
			wrong = append(wrong, fmt.Sprintf("The value of the attribute %q is cut: it can have %d characters.", key, MaxValue))
		}
		if size += len(key) + len(value); size > MaxAttributesSize {
			return fit, append(wrong, fmt.Sprintf("The attributes have more than %d bytes: %q and those after it are left out.", MaxAttributesSize, key))
		}
		fit = append(fit, Attribute{Key: key, Value: value})
	}
	return fit, wrong
}

// straight removes what turns the direction of the text around it.
func straight(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, s)
}

// plainValue reads a text, a number or a boolean as a text; null is an empty one.
func plainValue(data json.RawMessage) (text string, ok bool) {
	data = bytes.TrimSpace(data)
	if len(data) == 0 || bytes.Equal(data, []byte("null")) {
		return "", true
	}
	switch data[0] {
	case '"':
		ok = json.Unmarshal(data, &text) == nil
	case '{', '[':
	default:
		text, ok = string(data), json.Valid(data)
	}
	return text, ok
}
