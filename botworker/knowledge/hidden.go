package knowledge

import (
	"strings"

	"golang.org/x/net/html"
)

// hiddenElement reports whether a reader does not see the element.
func hiddenElement(n *html.Node) bool {
	if unseen[n.Data] || n.Data == "nav" || n.Data == "dialog" && !hasAttr(n, "open") || n.Data == "optgroup" && hasAttr(n, "hidden") {
		return true
	}
	if len(n.Attr) == 0 {
		return false
	}
	attributes := map[string]string{}
	for _, a := range n.Attr {
		attributes[a.Key] = a.Val
	}
	return hiddenAttributes(attributes) || n.Data == "input" && strings.EqualFold(attributes["type"], "hidden")
}

// hiddenClasses are classes by which the usual stylesheets hide an element.
var hiddenClasses = set("hidden d-none is-hidden sr-only visually-hidden visuallyhidden screen-reader-text invisible display-none u-hidden")

func hiddenAttributes(attributes map[string]string) bool {
	if value, ok := attributes["hidden"]; ok && value != "false" {
		return true
	}
	if strings.EqualFold(attributes["aria-hidden"], "true") {
		return true
	}
	for declaration := range strings.SplitSeq(attributes["style"], ";") {
		property, value, _ := strings.Cut(declaration, ":")
		value = strings.ToLower(strings.TrimSpace(strings.ReplaceAll(value, "!important", "")))
		switch strings.ToLower(strings.TrimSpace(property)) {
		case "display":
			if value == "none" {
				return true
			}
		case "visibility":
			if value == "hidden" || value == "collapse" {
				return true
			}
		}
	}
	class := attributes["class"] + " " + attributes["classname"]
	hides, shows := false, false
	for c := range strings.FieldsSeq(class) {
		hides = hides || hiddenClasses[c]
		shows = shows || strings.Contains(c, ":") || strings.HasPrefix(c, "d-") && c != "d-none" // shown on some screens
	}
	return hides && !shows
}

// struck reports whether a style or a usual class strikes the element through, such as a
// price that is no longer valid.
func struck(n *html.Node) bool {
	if len(n.Attr) == 0 {
		return false
	}
	return strings.Contains(strings.ToLower(attr(n, "style")), "line-through") ||
		classed(n, "line-through", "text-decoration-line-through", "strike", "strikethrough", "is-strikethrough", "old-price", "price-old", "was-price")
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// classed reports whether the element has one of the classes.
func classed(n *html.Node, names ...string) bool {
	for c := range strings.FieldsSeq(attr(n, "class")) {
		for _, name := range names {
			if c == name {
				return true
			}
		}
	}
	return false
}
