package browser

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// at is the selector of an element that the pages mark for tests.
func at(testid string) string { return `[data-testid="` + testid + `"]` }

// spot is a place that the mouse can hit, or why it can't.
type spot struct {
	Why  string
	X, Y float64
}

// clickArrives is how long a click may take from the mouse to the element.
const clickArrives = 5 * time.Second

// click waits until the mouse can hit an element, and clicks it. If the page moved the
// element away between the press and the release, no click reaches it; then the mouse
// clicks again, as a person would.
func (g *page) click(selector string) {
	g.t.Helper()
	eventually(g.t, g.name+": "+selector+" can be clicked", func() (bool, string) {
		at, err := eval[spot](g, hittable, selector)
		if err != nil {
			return false, err.Error()
		}
		if at.Why == "" {
			at = g.inTab(at.X, at.Y)
		}
		if at.Why != "" {
			return false, at.Why
		}
		g.mouse.do("click "+selector, chromedp.MouseClickXY(at.X, at.Y))
		_, arrived := within(clickArrives, func() (bool, string) {
			// Without a document to ask, or in the next one, the click has done its work.
			missed, err := eval[bool](g, `() => window.awaitsClick === true`)
			return err != nil || !missed, ""
		})
		return arrived, "the click went elsewhere"
	})
}

// hittable returns where an element can be clicked, or why it can't: it has to lie still
// for two frames. It searches open shadow trees too. window.awaitsClick is true until
// the element is clicked.
const hittable = `async (selector) => {
	const find = (root) => [...root.querySelectorAll(selector), ...[...root.querySelectorAll('*')].filter((el) => el.shadowRoot).flatMap((el) => find(el.shadowRoot))];
	const all = find(document);
	if (all.length !== 1) return {Why: all.length + ' of them'};
	const [el] = all;
	el.scrollIntoView({block: 'nearest', inline: 'nearest', behavior: 'instant'});
	const was = el.getBoundingClientRect();
	await ` + twoFrames + `;
	if (!el.isConnected) return {Why: 'it was replaced'};
	const box = el.getBoundingClientRect();
	if (was.x !== box.x || was.y !== box.y) return {Why: 'it is moving'};
	const x = box.x + box.width / 2, y = box.y + box.height / 2;
	if (!box.width || !box.height) return {Why: 'it has no size'};
	let top = document.elementFromPoint(x, y);
	while (top?.shadowRoot?.elementFromPoint(x, y)) top = top.shadowRoot.elementFromPoint(x, y);
	if (!top) return {Why: 'it is outside of the window'};
	if (!el.contains(top)) return {Why: 'covered by ' + top.outerHTML.slice(0, 200)};
	if (el.matches(':disabled')) return {Why: 'it is disabled'};
	window.awaitsClick = true;
	el.addEventListener('click', () => { window.awaitsClick = false; }, {capture: true, once: true});
	return {Why: '', X: x, Y: y};
}`

// twoFrames resolves when the page was drawn twice, or soon if nothing is drawn.
const twoFrames = `new Promise((done) => {
	setTimeout(done, 250);
	requestAnimationFrame(() => requestAnimationFrame(done));
})`

// inFrame returns where a point of the widget's frame is in its tab, or why the mouse
// does not reach the frame there: it is hidden, covered or moving.
const inFrame = `async (x, y) => {
	const shadow = [...document.body.children].find((el) => el.shadowRoot).shadowRoot;
	const frame = shadow.querySelector('iframe');
	const was = frame.getBoundingClientRect();
	await ` + twoFrames + `;
	const box = frame.getBoundingClientRect();
	if (was.x !== box.x || was.y !== box.y) return {Why: 'its frame is moving'};
	x += box.x;
	y += box.y;
	const top = shadow.elementFromPoint(x, y);
	if (top !== frame) return {Why: 'its frame is hidden, or covered by ' + top?.outerHTML.slice(0, 200)};
	return {Why: '', X: x, Y: y};
}`

// A press that the page moves away from under the mouse is repeated, and one that
// arrives is not.
func TestAClickArrivesOnceAtAnElementThatMoves(t *testing.T) {
	site := startSite(t)
	site.page = `<!doctype html><title>Moves</title><button data-testid="b">Press</button><script>
		const b = document.querySelector('button');
		let downs = 0;
		window.clicks = 0;
		b.addEventListener('mousedown', () => { if (++downs === 1) b.style.marginLeft = '300px'; });
		b.addEventListener('click', () => { window.clicks++; });
	</script>`
	g := visitors.person(t, "clicker").tab()
	g.open(site.url)
	g.click(at("b"))
	if n := get[int](g, `() => window.clicks`); n != 1 {
		t.Errorf("%d clicks arrived, of one", n)
	}
}
