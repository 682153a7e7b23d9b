package knowledge

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	emoji "github.com/yuin/goldmark-emoji"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// The parser's time grows with the square of these. More are no document.
const (
	maxMarks  = 100  // quote and list marks that one line opens
	maxInline = 1000 // marks of emphasis, code and links in one paragraph
)

var (
	markdownPages = newMarkdown(true)
	mdxPages      = newMarkdown(false)
	// quotes parses what viewer writes: Markdown without HTML.
	quotes = goldmark.New(
		goldmark.WithExtensions(extension.Table, extension.Strikethrough),
		goldmark.WithParser(parser.NewParser(
			parser.WithBlockParsers(parser.DefaultBlockParsers()...),
			parser.WithInlineParsers(without(parser.DefaultInlineParsers(), parser.NewRawHTMLParser())...),
			parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
		)),
	)
)

// newMarkdown returns a parser for GitHub's Markdown with footnotes, definition lists and
// emoji. In MDX an indented text is not code.
func newMarkdown(indentedCode bool) goldmark.Markdown {
	blocks := parser.DefaultBlockParsers()
	if !indentedCode {
		blocks = without(without(blocks, parser.NewCodeBlockParser()), parser.NewParagraphParser())
		blocks = append(blocks, util.Prioritized(indentedParagraph{parser.NewParagraphParser()}, 1000))
	}
	return goldmark.New(
		goldmark.WithExtensions(extension.GFM, extension.Footnote, extension.DefinitionList, emoji.Emoji),
		goldmark.WithRendererOptions(html.WithUnsafe()),
		goldmark.WithParser(parser.NewParser(
			parser.WithBlockParsers(blocks...),
			parser.WithInlineParsers(parser.DefaultInlineParsers()...),
			parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
		)),
	)
}

// indentedParagraph is a paragraph that may begin with an indentation.
type indentedParagraph struct{ parser.BlockParser }

func (indentedParagraph) CanAcceptIndentedLine() bool { return true }

// without returns the parsers but those of the same type as one.
func without(parsers []util.PrioritizedValue, one any) []util.PrioritizedValue {
	var out []util.PrioritizedValue
	for _, p := range parsers {
		if fmt.Sprintf("%T", p.Value) != fmt.Sprintf("%T", one) {
			out = append(out, p)
		}
	}
	return out
}

// markdownToHTML renders a page as its site does, as far as that is known.
func markdownToHTML(source string, mdx bool) (out string, omitted bool, err error) {
	l := lex(source, mdx)
	prepared := fewMarks(l.out.String())
	if nested(prepared) {
		return "", false, errors.New("it is nested too deeply")
	}
	convert := markdownPages
	if l.mdx {
		convert = mdxPages
	}
	var b bytes.Buffer
	if err := convert.Convert([]byte(prepared), &b); err != nil {
		return "", false, err
	}
	return expand(b.String(), l.tokens), l.omitted, nil
}

// fewMarks escapes the marks of a paragraph that has more than any document's.
func fewMarks(source string) string {
	var b strings.Builder
	from, marks, fence := 0, 0, ""
	flush := func(to int) {
		if marks > maxInline {
			b.WriteString(inlineMarks.Replace(source[from:to]))
		} else {
			b.WriteString(source[from:to])
		}
		from, marks = to, 0
	}
	for at := 0; at < len(source); {
		end := lineEnd(source, at)
		line := strings.TrimSpace(source[at:end])
		mark, _ := fenceAt(line)
		switch {
		case fence != "":
			if strings.HasPrefix(line, fence) && strings.Trim(line, fence[:1]) == "" {
				fence = ""
			}
			flush(end)
			marks = 0
		case mark != "":
			flush(at)
			fence = mark
		case line == "" || listMark(line) > 0 || strings.HasPrefix(line, "|"):
			flush(at)
		}
		if fence == "" {
			for i := at; i < end; i++ {
				if strings.IndexByte("[]*_~`<!&", source[i]) >= 0 {
					marks++
				}
			}
		}
		at = end
	}
	flush(len(source))
	return b.String()
}

var inlineMarks = strings.NewReplacer("[", `\[`, "]", `\]`, "*", `\*`, "_", `\_`, "~", `\~`, "`", "\\`", "<", "&lt;", "!", `\!`, "&", "&amp;")

// nested reports whether a line opens more quotes and lists than any document does.
func nested(source string) bool {
	for line := range strings.Lines(source) {
		n := 0
		for rest := strings.TrimLeft(line, " \t"); n <= maxMarks; n++ {
			if strings.HasPrefix(rest, ">") {
				rest = strings.TrimLeft(rest[1:], " \t")
			} else if m := listMark(rest); m > 0 {
				rest = strings.TrimLeft(rest[m:], " \t")
			} else {
				break
			}
		}
		if n > maxMarks {
			return true
		}
	}
	return false
}

// expand puts the tokens' HTML in their place. In code a token is what was written.
func expand(rendered string, tokens []standIn) string {
	var b strings.Builder
	code := 0
	eachToken(rendered, func(s string) {
		code += strings.Count(s, "<code") - strings.Count(s, "</code")
		b.WriteString(s)
	}, func(n int) {
		switch {
		case n >= len(tokens):
		case code > 0:
			b.Write(util.EscapeHTML([]byte(tokens[n].source)))
		default:
			b.WriteString(tokens[n].html)
		}
	})
	return b.String()
}

// plain returns the text of a passage or a name without its marks and link targets.
func plain(markdown string) string {
	source := []byte(markdown)
	var b strings.Builder
	_ = ast.Walk(quotes.Parser().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			if n.Type() == ast.TypeBlock {
				b.WriteByte(' ')
			}
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			if n.Parent().Kind() == ast.KindCodeSpan {
				b.Write(n.Segment.Value(source))
			} else {
				b.Write(util.UnescapePunctuations(n.Segment.Value(source)))
			}
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.AutoLink:
			b.Write(n.Label(source))
		case *ast.CodeBlock, *ast.FencedCodeBlock, *ast.HTMLBlock:
			for i := range n.Lines().Len() {
				line := n.Lines().At(i)
				b.Write(line.Value(source))
			}
		}
		return ast.WalkContinue, nil
	})
	return strings.ToValidUTF8(strings.Join(strings.Fields(b.String()), " "), string(utf8.RuneError))
}
