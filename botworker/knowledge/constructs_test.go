package knowledge

import (
	"strings"
	"testing"
	"time"
)

// quotedFrom is what the bot knows from a page: its passages, each below its headings.
func quotedFrom(name, text string) string {
	var out []string
	for _, ps := range parsePageAt(name, text, time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)).passages {
		text := ps.text
		if len(ps.headings) > 0 {
			text = "[" + strings.Join(ps.headings, " › ") + "] " + text
		}
		out = append(out, text)
	}
	return strings.Join(out, "\n---\n")
}

// Each way in which documentation is written, and what may be quoted of it: what a reader
// of the built page sees, with figures that neither join nor vanish.
func TestWhatAReaderOfTheBuiltPageSeesIsQuoted(t *testing.T) {
	for name, c := range map[string]struct{ file, in, want string }{
		// Figures.
		"break":                     {"a.md", "19 € a month<br>190 € a year", "19 € a month\n190 € a year"},
		"break in a cell":           {"a.md", "| Plan | Price |\n|---|---:|\n| Pro | 19 € a month<br/>190 € a year |", "| Plan | Price |\n| --- | ---: |\n| Pro | 19 € a month / 190 € a year |"},
		"list in a cell":            {"a.md", "| Plan | Price |\n|---|---|\n| Pro | <ul><li>19 €</li><li>190 €</li></ul> |", "| Plan | Price |\n| --- | --- |\n| Pro | 19 € / 190 € |"},
		"table of HTML":             {"a.md", "<table>\n<tr><th>Day</th><th>Hours</th></tr>\n<tr><td>Monday</td><td>9&ndash;17</td></tr>\n</table>", "| Day | Hours |\n| --- | --- |\n| Monday | 9–17 |"},
		"cells that span":           {"a.html", "<table><tr><th>Plan</th><th colspan=2>Price</th></tr><tr><th></th><th>month</th><th>year</th></tr><tr><td rowspan=2>Pro</td><td>1</td><td>2</td></tr><tr><td colspan=2>3</td></tr></table>", "| Plan | Price month | Price year |\n| --- | --- | --- |\n| Pro | 1 | 2 |\n| Pro | 3 | 3 |"},
		"cells in lines of div":     {"a.md", "<div>19</div><div>90</div>", "19\n\n90"},
		"paragraphs of HTML":        {"a.html", "<p>19<p>90", "19\n\n90"},
		"items of HTML":             {"a.md", "<ul><li>19</li><li>90</li></ul>", "- 19\n- 90"},
		"terms":                     {"a.md", "<dl><dt>Fee</dt><dd>19 €</dd><dt>Tax</dt><dd>90 €</dd></dl>", "- **Fee**: 19 €\n- **Tax**: 90 €"},
		"choices":                   {"a.md", "<select><option>19</option><option>90</option></select>", "- 19\n- 90"},
		"powers":                    {"a.md", "10<sup>3</sup> m<sup>2</sup>, CO<sub>2</sub>, 2<sup>3.5</sup>, the 1<sup>st</sup>", "10³ m², CO₂, 2^(3.5), the 1st"},
		"powers of Markdown":        {"a.md", "10^3^ and H~2~O", "10³ and H₂O"},
		"spaces":                    {"a.md", "2&nbsp;% of 1&#8239;000&nbsp;€", "2 % of 1 000 €"},
		"characters of no width":    {"a.md", "Ver&shy;sand 5\u200b0 sup<wbr>er \u2060now", "Versand 50 super now"},
		"soft line break":           {"a.md", "It costs 19\n€ a month", "It costs 19 € a month"},
		"soft line break in CJK":    {"a.md", "包裹在三天\n内送达。", "包裹在三天内送达。"},
		"struck through":            {"a.md", "~~29 €~~ 19 €, <del>39</del>29 €", "~~29 €~~ 19 €, ~~39~~ 29 €"},
		"product":                   {"a.md", "At most 20*30*40 cm.", `At most 20\*30\*40 cm.`},
		"escaped product":           {"a.md", `At most 20\*30\*40 cm.`, `At most 20\*30\*40 cm.`},
		"picture between figures":   {"a.html", "<p>19<img src=x>90", "19 90"},
		"footnote":                  {"a.md", "It costs 19 €[^1].\n\n[^1]: Not in Norway.", "It costs 19 € (Not in Norway.)."},
		"footnote of a built page":  {"a.html", `<p>19 €<sup><a href="#n1" role="doc-noteref">1</a></sup></p><section role="doc-endnotes"><ol><li id="n1">With tax. <a href="#r" role="doc-backlink">↩</a></li></ol></section>`, "19 € (With tax.)"},
		"numbers of two lists":      {"a.md", "1. a\n2. b\n\n5) c", "1. a\n2. b\n5) c"},
		"number at the start":       {"a.html", "<p>2024. That was the year.", `2024\. That was the year.`},
		"entities":                  {"a.md", "Smith &amp; Sons &copy; 2024 &mdash; at least 1&euro;", "Smith & Sons © 2024 — at least 1€"},
		"formula":                   {"a.md", "It is $a_1*b_1$, not $5 or $6.", "It is $a_1*b_1$, not $5 or $6."},
		"bold beside a figure":      {"a.html", "<p><b>Price:</b>19 <b>€</b>", "Price:19 **€**"},
		"term of a definition list": {"a.md", "Fee\n: 19 €\n: 29 €", "- **Fee**: 19 €\n\n  29 €"},

		"struck by style": {"a.md", "<span style=\"text-decoration: line-through\">29 €</span> 19 €, <span class=\"line-through\">39 €</span>29 €", "~~29 €~~ 19 €, ~~39 €~~ 29 €"},
		"indented table":  {"a.md", "<table>\n  <tbody>\n    <tr>\n\n      <td>\n\n        **Pro**\n\n      </td>\n\n      <td>19 €<s>29 €</s></td>\n    </tr>\n  </tbody>\n</table>\n\n    code", "|  |  |\n| --- | --- |\n| **Pro** | 19 € ~~29 €~~ |\n\n```\ncode\n```"},

		// What no reader sees.
		"comment":             {"a.md", "a <!-- 5 --> b\n\n<!--\n\n6\n\n-->\n\nc", "a b\n\nc"},
		"script and style":    {"a.md", "<style>\n.x { margin: 1px }\n\n.y { }\n</style>\na\n\n<script>\n  f({ 5 })\n\n</script>\n\nb", "a\n\nb"},
		"template, noscript":  {"a.md", "a <template>5</template><noscript>6</noscript> b", "a b"},
		"hidden":              {"a.md", "<p hidden>5</p><p style=\"color: red; display : none\">6</p><span aria-hidden=\"true\">7</span>b<span class=\"sr-only\">8</span>", "b"},
		"scripts of a page":   {"a.html", "<body><script>5</script><style>6</style><p>a<svg><text>7</text></svg><iframe>8</iframe></p><template>9</template><noscript>4</noscript>", "a"},
		"head of a page":      {"a.html", "<html><head><title>T</title><meta content=5></head><body><nav>6</nav><main><p>a</p></main><footer>7</footer></body></html>", "a"},
		"page without main":   {"a.html", "<body><header>h</header><nav>6</nav><p>a</p><aside>5</aside><footer>7</footer>", "h\n\na"},
		"abbreviation":        {"a.md", "HTML is it.\n\n*[HTML]: Hyper Text 5", "HTML is it."},
		"link definition":     {"a.md", "See [this][r], [that] and [a]( https://b.c/d ).\n\n[r]: x.md \"5\"\n[that]: https://e.f/g", "See this, [that](https://e.f/g) and [a](https://b.c/d)."},
		"table of contents":   {"a.md", "[TOC]\n\n[[_TOC_]]\n\n* TOC\n{:toc}\n\na", "a"},
		"navigation":          {"a.md", "[One](one.md) | [Two](two.md)\n\na", "a"},
		"drawing":             {"a.md", "a\n\n```mermaid\ngraph 5\n```", "a"},
		"dangerous link":      {"a.md", "These are not to be opened: [a](javascript:alert(5)) [b](data:text/html,6) [c](//d.e)", "These are not to be opened: a b c"},
		"permalink":           {"a.html", `<h2>Fee<a class="headerlink" href="#fee">¶</a></h2><p>a`, "[Fee] a"},
		"placeholder":         {"a.md", "apt install <package> <your name>", "apt install <package> <your name>"},
		"editing marks":       {"a.md", "It is {--5--}{++6++} and {~~7~>8~~}.{>>why<<}", "It is 6 and 8."},
		"comment of Obsidian": {"a.md", "a %%5%% b [[Page|text]] [[Other]]", "a b text Other"},

		// Headings.
		"anchors":             {"a.md", "# T\n\n## Fee {#fee .x}\n\na", "[Fee] a"},
		"underlined":          {"a.md", "# T\n\nFee in\neuro\n---\n\na", "[Fee in euro] a"},
		"link and code":       {"a.md", "# T\n\n## The [`fee`](x.md) *now* ##\n\na", "[The fee now] a"},
		"details":             {"a.md", "# T\n\n## Q\n\n<details><summary>Is it <b>5</b>?</summary>\nYes, **5**.\n</details>\n\nafter", "[Q › Is it 5?] Yes, **5**.\n---\n[Q] after"},
		"heading with a hole": {"a.md", "# T\n\n## Version {{ v }}\n\na", "[Version …] a"},

		// Material for MkDocs.
		"admonition":           {"a.md", "!!! note \"For **repaired** devices\"\n\n    It lasts six months.\n\n        code\n\nafter", "**For repaired devices**\n\nIt lasts six months.\n\n```\ncode\n```\n\nafter"},
		"admonition kinds":     {"a.md", "!!! warning\n    hot\n\n!!! note\n    cold\n\n??? tip \"\"\n    wet\n\n???+ danger\n    dry", "**Warning**\n\nhot\n\ncold\n\nwet\n\n**Danger**\n\ndry"},
		"nested admonitions":   {"a.md", "!!! note \"A\"\n    a\n\n    !!! note \"B\"\n        b\n\n    c", "**A**\n\na\n\n**B**\n\nb\n\nc"},
		"admonition in a list": {"a.md", "1. one\n\n    !!! note \"A\"\n        a\n\n2. two", "1. one\n\n   **A**\n\n   a\n\n2. two"},
		"tabs":                 {"a.md", "=== \":material-truck: By parcel\"\n\n    Send it.\n\n    ``` text\n    Gate 4\n    ```\n\n=== \"In the shop\"\n\n    Bring it.", "**By parcel**\n\nSend it.\n\n```text\nGate 4\n```\n\n**In the shop**\n\nBring it."},
		"keys and marks":       {"a.md", "Press ++ctrl+p++ or ==now== or ^^then^^ :smile: (1)!", "Press Ctrl+P or now or then 😄"},
		"attributes":           {"a.md", "[a](https://b.c){ .button } *d*{: .e }\n{: .f #g}\n\nh\n{ .i }", "[a](https://b.c) *d*\n\nh"},
		"snippets":             {"a.md", "a\n\n--8<-- \"x.md\"\n\n--8<--\ny.md\n--8<--\n\nb", "a\n\nb"},
		"title of code":        {"a.md", "``` yaml title=\"a.yml\" hl_lines=\"5\"\nb: {{ c }}\n```", "**a.yml**\n\n```yaml\nb: {{ c }}\n```"},

		"admonition in an admonition in a list": {"a.md", "1. one\n\n    !!! note \"A\"\n        a\n\n        !!! tip \"B\"\n            b\n\n    c\n\n2. two", "1. one\n\n   **A**\n\n   a\n\n   **B**\n\n   b\n\n   c\n\n2. two"},
		"admonition in a list in a list":        {"a.md", "- one\n    - two\n\n        !!! note \"N\"\n\n            in two\n\n    - three", "- one\n  - two\n\n    **N**\n\n    in two\n\n  - three"},
		"list in an admonition":                 {"a.md", "!!! note \"A\"\n\n    1. one\n\n        !!! tip \"B\"\n\n            b\n\n            ```\n            5\n            ```\n\n    2. two", "**A**\n\n1. one\n\n   **B**\n\n   b\n\n   ```\n   5\n   ```\n\n2. two"},
		"admonition in a quote":                 {"a.md", "> !!! note \"Q\"\n>     in quote 5\n>\n> after", "> **Q**\n>\n> in quote 5\n>\n> after"},
		"container in a quote":                  {"a.md", "> :::tip Mind\n> Do *it*, 5 €.\n> :::\n>\n> > !!! note\n> >     deep", "> **Mind**\n>\n> Do *it*, 5 €.\n>\n> > deep"},

		// Labels that only the builder knows.
		"label from elsewhere":         {"a.md", "See [the *form*][undefined], [`Foo`][pkg.Foo], [Foo][], [the docs][our docs] and [19 €][price].", "See the *form*, `Foo`, Foo, the docs and 19 €."},
		"label in a table and a list":  {"a.md", "| a | b |\n|---|---|\n| [cell][nope] | 5 |\n\n- [ ] [todo][nope]", "| a | b |\n| --- | --- |\n| cell | 5 |\n\n- [ ] todo"},
		"label that is known":          {"a.md", "See [a][D] and [b][].\n\n> [d]: https://d.e\n\n[B]: https://b.c", "See [a](https://d.e) and [b](https://b.c)."},
		"label in code":                {"a.md", "`[a][b]`\n\n    [a][b]\n\n```\n[a][b]\n```", "`[a][b]`\n\n```\n[a][b]\n```\n\n```\n[a][b]\n```"},
		"label that may be text":       {"a.md", "arr[i][j], [5][19 €], [fees][2024 fees], [1][2]", "arr[i][j], [5][19 €], [fees][2024 fees], [1][2]"},
		"two footnotes":                {"a.md", "It is 5 €[^a][^b].\n\n[^a]: One.\n[^b]: Two.", "It is 5 € (One.) (Two.)."},
		"picture with a label":         {"a.md", "Before ![a [b]][nope] after.", "Before after."},
		"roles of MyST":                {"a.md", "It is {kbd}`Ctrl` in {ref}`the fees <fee>`, CO{sub}`2`, {term}`fee`, {abbr}`HTML (Hyper)`. See {doc}`x` for 5. Use {py:func}`~a.b` for it.", "It is Ctrl in the fees, CO₂, fee, HTML. Use `a.b` for it."},
		"options of a container":       {"a.md", ":::{note} T\n:class: tip\n\na\n:::", "**T**\n\na"},
		"text with attributes":         {"a.md", "[It *is*]{.big} [5 €]{style=\"color:red\"}", "It *is* 5 €"},
		"name of a block":              {"a.md", "It is 5 €. ^37066d\n\nx ^2\n\na\n^block-id", "It is 5 €.\n\nx ^2\n\na"},
		"name of a block after a text": {"a.md", "This is it ^abc", "This is it"},

		"attributes behind bold text": {"a.md", "Price: **19 €**{ .price }/month, **[5 €][x]**/day.", "Price: **19 €**/month, **5 €**/day."},
		"characters of tokens":        {"a.md", "a \u2e5b\ue010\u2e5c b.", "a b."},
		"variable in marked text":     {"a.md", "Yes. It costs =={{ x }}== a month. It costs [{{ y }}][z] a year. No.", "Yes. No."},
		"picture with a size":         {"a.md", "a ![b](x.png =100x200) c ![d](e.png \"=\") f\n\n\\newpage\n\ng", "a b c d f\n\ng"},

		// Hugo, Jekyll, Liquid.
		"shortcodes":            {"a.md", "{{< note >}}\nFees to {{< glossary text=\"Switzerland\" id=\"ch\" >}} are 5 €.\n{{< /note >}}\n\n{{% alert title=\"Mind\" %}}\nb\n{{% /alert %}}", "Fees to Switzerland are 5 €.\n\n**Mind**\n\nb"},
		"tabs of Hugo":          {"a.md", "{{< tabs >}}\n{{< tab \"Linux\" >}}\na\n{{< /tab >}}\n{{% tab name=\"Mac\" %}}\nb\n{{% /tab %}}\n{{< /tabs >}}", "**Linux**\n\na\n\n**Mac**\n\nb"},
		"link of Hugo":          {"a.md", "See [the fees]({{< ref \"a b.md\" >}}) and [x]({{ site.url }}/y).", "See the fees and x."},
		"figure of a variable":  {"a.md", "It is good. Insurance costs {% data v.price %} for each parcel. It is fast.\nIt has {{ n }} parts, e.g. this. Call Mr. {{ name }} at 5.", "It is good. It is fast."},
		"variable in a table":   {"a.md", "| a | b |\n|--|--|\n| 1 | {{ x \\| y }} |\n| 2 | 3 |", "| a | b |\n| --- | --- |\n| 2 | 3 |"},
		"variable in an item":   {"a.md", "- costs {{ x }}\n- costs 5", "- costs 5"},
		"condition":             {"a.md", "Yes. {% if x %}It is free.{% endif %}\n\n{% ifversion fpt %}\n\nb\n\n{% else %}\n\nc\n\n{% endif %}\n\nd", "Yes.\n\nd"},
		"condition in sentence": {"a.md", "It costs 5 € {% if x %}a month{% endif %}. It is good.", "It is good."},
		"quiet tags":            {"a.md", "{% assign x = 5 %}\n{% comment %}6{% endcomment %}\na {% raw %}{{ b }}{% endraw %} c\n{% include d.html %}", "a {{ b }} c"},
		"hint of GitBook":       {"a.md", "{% hint style=\"info\" %}\na **b**\n{% endhint %}", "a **b**"},
		"highlighted":           {"a.md", "{% highlight sh %}\nmake\n{% endhighlight %}", "```sh\nmake\n```"},
		"templates in code":     {"a.md", "`{{ a }}`\n\n```\n{{</* b */>}} {% raw %}{{ c }}{% endraw %}\n```", "`{{ a }}`\n\n```\n{{< b >}} {{ c }}\n```"},
		"comment of kramdown":   {"a.md", "a {::comment}5{:/comment} b", "a b"},

		// Docusaurus, VitePress, GitHub, MyST.
		"container":       {"a.md", ":::tip Write *this*\nWrite it.\n:::\n\n:::warning\nhot\n:::", "**Write this**\n\nWrite it.\n\n**Warning**\n\nhot"},
		"nested":          {"a.md", "::::info A\na\n:::note[B]\nb\n:::\nc\n::::\nd", "**A**\n\na\n\n**B**\n\nb\n\nc\n\nd"},
		"code group":      {"a.md", "::: code-group\n```sh [npm]\nnpm i\n```\n:::", "```sh\nnpm i\n```"},
		"alert":           {"a.md", "> [!IMPORTANT]\n> Sign it.\n\n> [!note]- Mind\n> b", "**Important**\n\nSign it.\n\n**Mind**\n\nb"},
		"quote":           {"a.md", "> a\nb\n>\n> - c", "> a b\n>\n> - c"},
		"directive":       {"a.md", "```{note} A\n:class: x\nb *c*\n```", "**A**\n\nb *c*"},
		"snippet":         {"a.md", "<<< @/a.js\n\nb", "b"},
		"badge":           {"a.md", "<script setup>\nimport x from 'y'\n</script>\n\nThe limit <Badge type=\"tip\" text=\"2.0\" /> is {{ $frontmatter.x }}. It is 5 in <Badge text=\"3.0\"/>.", "It is 5 in 3.0."},
		"component in md": {"a.md", "import Tabs from '@theme/Tabs';\n\nexport const V = () => <b>4.2</b>;\n\n<Tabs>\n<TabItem value=\"a\" label=\"Android\">\n\nOpen it.\n\n</TabItem>\n</Tabs>\n\nIt needs {frontMatter.min} or newer.", "**Android**\n\nOpen it."},
		"imports in text": {"a.md", "import taxes are 5 €.\n\nexport papers are {free}.", "import taxes are 5 €.\n\nexport papers are {free}."},

		"Microsoft Learn": {"a.md", ":::image type=\"content\" source=\"5.png\":::\n\n:::zone pivot=\"6\"\na\n:::zone-end\n\n[!INCLUDE [x](7.md)]", "a"},
		"buttons in code": {"a.md", "```js\nf(1)!.g() // (2)!\nh() // [!code ++]\n```", "```js\nf(1)!.g()\nh()\n```"},
		"embedded Ruby":   {"a.md", "Yes. It costs <%= price %> now. No.", "Yes. No."},

		// MDX.
		"modules":                {"a.mdx", "import A from 'a'\nimport {\n  B,\n\n  C\n} from \"b\"\nexport const x = {\n  y: 5,\n\n  z: '}'\n}\n\na", "a"},
		"components":             {"a.mdx", "<Card title=\"a > b\" icon={<X y=\"5\"/>} href=\"/p\">\n  Hold it.\n\n      Not *code*.\n</Card>\n\n<Note>**Mind** it</Note>\n\nA <Tip text=\"6\">b</Tip> c <Icon name=\"7\"/> dd.", "**a > b**\n\nHold it.\n\nNot *code*.\n\n**Mind** it\n\nA b c dd."},
		"spread":                 {"a.mdx", "<Card {...props} title=\"Mind\">\nHold it.\n</Card>", "**Mind**\n\nHold it."},
		"deep":                   {"a.mdx", "<Steps>\n  <Step title=\"One\">\n\n    ## Two\n\n    - a\n      - b\n\n    ```js\n    f()\n      g()\n    ```\n\n  </Step>\n</Steps>", "**One**\n---\n[Two] **One**\n\n- a\n  - b\n\n```js\nf()\n  g()\n```"},
		"steps of Astro":         {"a.mdx", "import { Steps } from 'x';\n\n<Steps>\n\n1. Install it:\n\n   ```sh\n   npm i\n     two\n   ```\n\n2. Run it.\n\n    ```sh\n    npm run\n    ```\n\n    Wait 5 minutes.\n\n</Steps>", "1. Install it:\n\n   ```sh\n   npm i\n     two\n   ```\n\n2. Run it.\n\n   ```sh\n   npm run\n   ```\n\n   Wait 5 minutes."},
		"steps, indented":        {"a.mdx", "<Steps>\n  1. Install it:\n\n     ```sh\n     npm i\n       x\n     ```\n\n     <Aside type=\"tip\">Wait 5 minutes.</Aside>\n\n  2. Run it.\n\n     <Tabs>\n       <TabItem label=\"npm\">\n         ```sh\n         npm run\n         ```\n       </TabItem>\n     </Tabs>\n\n</Steps>", "1. Install it:\n\n   ```sh\n   npm i\n     x\n   ```\n\n   Wait 5 minutes.\n\n2. Run it.\n\n   **npm**\n\n   ```sh\n   npm run\n   ```"},
		"steps, indented by far": {"a.mdx", "<Steps>\n\n    1. Install it:\n\n        ```sh\n        npm i\n        ```\n\n    2. Run it.\n\n</Steps>", "1. Install it:\n\n   ```sh\n   npm i\n   ```\n\n2. Run it."},
		"container in a list":    {"a.mdx", "1. one\n\n   :::caution[Mind]\n\n   ```sh\n   x\n   ```\n\n   :::\n\n2. two", "1. one\n\n   **Mind**\n\n   ```sh\n   x\n   ```\n\n2. two"},
		"expressions":            {"a.mdx", "a {/* 5 */} {\"b\"} {6} yes.{' '}It costs {price} now. Done.\n\n{list.map((x) => <b>7</b>)}", "a b 6 yes. Done."},
		"hidden in it":           {"a.mdx", "<div style={{display: 'none'}}>5</div>\n\n<p className=\"sr-only\">6</p>\n\na", "a"},

		// Other.
		"nested list":     {"a.md", "- a\n    - b\n        - c\n- d\n  e\n\ng\n\n- h\n\n- i\n\n  j", "- a\n  - b\n    - c\n- d e\n\ng\n\n- h\n\n- i\n\n  j"},
		"tasks":           {"a.md", "- [ ] a\n- [x] b", "- [ ] a\n- [x] b"},
		"pipes":           {"a.md", "| a | b |\n|---|:-:|\n| x \\| y | `p \\| q` |", "| a | b |\n| --- | :---: |\n| x \\| y | `p \\| q` |"},
		"caption":         {"a.html", "<table><caption>Fees</caption><tr><td>a</td><td>5</td></tr></table>", "**Fees**\n\n|  |  |\n| --- | --- |\n| a | 5 |"},
		"layout table":    {"a.html", "<table><tr><td><h2>A</h2><p>5</p></td><td><p>6</p></td></tr></table>", "[A] 5\n\n6"},
		"links":           {"a.md", "[a](https://b.c/d_(e)), <https://f.g>, www.h.i, [j](k.md), <l@m.n>", "[a](https://b.c/d_(e)), https://f.g, www.h.i, j, l@m.n"},
		"text":            {"a.txt", "Returns\n\nSend it *back* within 14 days,\nthen wait for the money, which comes within a week.\n\nCosts:\n- 5 € <b>\n- 6 €\n\nDay     Hours\nMonday  9-17", "Send it \\*back\\* within 14 days,\nthen wait for the money, which comes within a week.\n\nCosts:\n\n- 5 € <b>\n- 6 €\n\n```\nDay     Hours\nMonday  9-17\n```"},
		"windows and BOM": {"a.md", "\uFEFF---\r\ntitle: T\r\n...\r\n# T\r\n\r\na\r\nb", "a b"},
	} {
		if got := quotedFrom(c.file, c.in); got != c.want {
			t.Errorf("%s: %q\n is quoted as %q\n      but want %q", name, c.in, got, c.want)
		}
	}
}
