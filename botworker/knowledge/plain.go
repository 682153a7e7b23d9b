package knowledge

import (
	"regexp"
	"strings"
)

// The HTML elements that are stripped from a page. Only these: a placeholder such as
// <package> is part of the text.
var htmlTag = regexp.MustCompile(`(?i)</?(?:a|abbr|article|aside|b|blockquote|br|center|cite|code|col|colgroup|dd|del|details|div|dl|dt|em|figcaption|figure|font|footer|h[1-6]|header|hr|i|img|ins|kbd|li|main|mark|nav|ol|p|picture|pre|q|s|samp|script|section|small|source|span|strong|style|sub|summary|sup|svg|table|tbody|td|tfoot|th|thead|tr|tt|u|ul|var|video)(?:\s[^<>]*)?/?>`)

var (
	imageMark  = regexp.MustCompile(`!\[([^\[\]]*)\]\([^()\s]*(?:\s+"[^"]*")?\)`)
	linkMark   = regexp.MustCompile(`\[((?:[^\[\]\\]|\\.)*)\]\(<?([^()\s<>]*(?:\([^()\s]*\)[^()\s]*)?)>?(?:\s+"[^"]*")?\)`)
	linkDefine = regexp.MustCompile(`(?m)^ {0,3}\[[^\]\n]+\]:[ \t]+\S+.*$`)
	refLink    = regexp.MustCompile(`\[([^\[\]]+)\]\[[^\[\]]*\]`)
	autolink   = regexp.MustCompile(`<((?:https?://|mailto:)[^<>\s]+)>`)
	emphasis   = regexp.MustCompile(`(\*{1,3}|~~)(\S(?:.*?\S)?)(\*{1,3}|~~)`)
	underline  = regexp.MustCompile(`(^|[\s(\[])(_{1,2})(\S(?:.*?\S)?)(_{1,2})($|[\s).,;:!?\]])`)
	escaped    = regexp.MustCompile(`\\([!-/:-@\[-` + "`" + `{-~])`)
	entity     = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&#39;", "'", "&nbsp;", " ", "&amp;", "&")
)

// outsideCode changes the parts of a Markdown text that are not inline code.
func outsideCode(text string, change func(string) string) string {
	if !strings.Contains(text, "`") {
		return change(text)
	}
	var b strings.Builder
	for text != "" {
		open := strings.IndexByte(text, '`')
		if open < 0 {
			break
		}
		n := len(text[open:]) - len(strings.TrimLeft(text[open:], "`"))
		ticks := text[open : open+n]
		length := closing(text[open+n:], ticks)
		if length < 0 {
			b.WriteString(change(text[:open]))
			b.WriteString(ticks)
			text = text[open+n:]
			continue
		}
		end := open + n + length + n
		b.WriteString(change(text[:open]))
		b.WriteString(text[open:end])
		text = text[end:]
	}
	b.WriteString(change(text))
	return b.String()
}

// closing finds the run of exactly these backticks.
func closing(s, ticks string) int {
	for at := 0; at < len(s); {
		i := strings.IndexByte(s[at:], '`')
		if i < 0 {
			return -1
		}
		i += at
		n := len(s[i:]) - len(strings.TrimLeft(s[i:], "`"))
		if n == len(ticks) {
			return i
		}
		at = i + n
	}
	return -1
}

// tidy makes Markdown fit to be quoted without its page: no HTML, no images, no relative
// links.
func tidy(text string) string {
	return strings.TrimSpace(outsideCode(text, func(s string) string {
		s = htmlTag.ReplaceAllString(s, "")
		s = imageMark.ReplaceAllString(s, "$1")
		s = linkMark.ReplaceAllStringFunc(s, func(link string) string {
			m := linkMark.FindStringSubmatch(link)
			if absolute(m[2]) {
				return link
			}
			return m[1]
		})
		return linkDefine.ReplaceAllString(s, "")
	}))
}

func absolute(target string) bool {
	t := strings.ToLower(target)
	return strings.HasPrefix(t, "https://") || strings.HasPrefix(t, "http://") || strings.HasPrefix(t, "mailto:")
}

// plain returns the text of Markdown without its marks and link targets.
func plain(text string) string {
	text = outsideCode(text, func(s string) string {
		s = htmlTag.ReplaceAllString(s, " ")
		s = imageMark.ReplaceAllString(s, "$1")
		s = linkMark.ReplaceAllString(s, "$1")
		s = refLink.ReplaceAllString(s, "$1")
		s = autolink.ReplaceAllString(s, "$1")
		s = emphasis.ReplaceAllString(s, "$2")
		s = underline.ReplaceAllString(s, "$1$3$5")
		return escaped.ReplaceAllString(entity.Replace(s), "$1")
	})
	return strings.Join(strings.Fields(strings.ReplaceAll(text, "`", "")), " ")
}

// mostlyLinks reports whether a text is navigation: a table of contents, a row of
// "previous" and "next". It names answers without containing any.
func mostlyLinks(text string) bool {
	all := len(plain(text))
	if all == 0 {
		return true
	}
	links := 0
	for _, m := range linkMark.FindAllStringSubmatch(text, -1) {
		if !absolute(m[2]) {
			links += len(plain(m[1]))
		}
	}
	return links*10 >= all*7
}

// numbering is what precedes the words of a heading in a numbered document.
var numbering = regexp.MustCompile(`(?i)^(?:(?:chapter|appendix|section|part)\s+[0-9a-z]{1,4}\b[.:)]?|(?:[a-z]\.)?\d+(?:\.\d+)*[.:)]?)\s+`)

// unnumbered is the heading without its number.
func unnumbered(heading string) string {
	if rest := numbering.ReplaceAllString(heading, ""); rest != "" {
		return rest
	}
	return heading
}
