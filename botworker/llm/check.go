package llm

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Finding is what Check found out about the endpoint.
type Finding struct {
	// Works says that the endpoint began to answer.
	Works bool
	// Sentence says what is wrong, and what to set instead if that is known; or, if it
	// works, what it lacks; empty: nothing. It never contains the key.
	Sentence string
}

// checkTime is how long the endpoint may take for one request of a check: it may have to
// load the model first.
const checkTime = 2 * time.Minute

// Check asks the endpoint for one word, so that a fault of the settings is known before a
// visitor meets it. The call is charged to the meter. If there is no chat endpoint, usual
// places for it are tried, too, until one is found: at most one request is ever answered,
// the others are refused. With an error nothing is known: the meter refused, or the
// context ended.
func (c *Client) Check(ctx context.Context, meter Meter) (Finding, error) {
	prompt := Prompt{Messages: []Message{{Text: checkQuestion}}}
	if err := meter.Begin(ctx, prompt.tokens()); err != nil {
		return Finding{}, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	p := newProber(c.cfg)
	answer := p.ask(ctx, p.base)
	finding := p.explain(ctx, answer)
	if answer.kind == answered && p.voice.certain {
		c.manners.voices.learn(p.voice.model, p.voice.aloud)
	}
	used := int64(0)
	if answer.kind == answered || p.found {
		used = prompt.tokens()
	}
	meter.End(used)
	if err := ctx.Err(); err != nil {
		return Finding{}, fmt.Errorf("check the model: %w", err)
	}
	return finding, nil
}

const checkQuestion = "Answer with one word: yes."

// kindOfAnswer is what became of a request.
type kindOfAnswer int

const (
	answered     kindOfAnswer = iota // it began to answer
	unreached                        // there was no response
	nowhere                          // no chat endpoint is there
	redirected                       // it is elsewhere
	keyRefused                       // no key, or a wrong one
	modelUnknown                     // the model, that is
	toolsRefused                     // it would answer without tools
	otherwise                        // refused for another reason
)

// probed is the answer to one request.
type probed struct {
	kind   kindOfAnswer
	status int
	said   string // the endpoint's words, on one line
	page   bool   // it sent a page for people
	to     string // where it redirects to
	err    error  // if unreached
}

// prober makes the requests of one check.
type prober struct {
	base  string
	cfg   Config
	http  *http.Client
	found bool  // one of the usual places answered
	voice voice // of the model that answered
}

func newProber(cfg Config) *prober {
	base, _ := checkURL(cfg.URL) // checked by New
	var client http.Client
	if cfg.HTTP != nil {
		client = *cfg.HTTP
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &prober{base: base, cfg: cfg, http: &client}
}

// ask makes one request to the chat endpoint below the base.
func (p *prober) ask(ctx context.Context, base string) probed {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	body, err := json.Marshal(map[string]any{
		"model": p.cfg.Model, "stream": true, "tools": []any{handOverTool(nil)},
		"messages": []map[string]string{{"role": "user", "content": checkQuestion}},
	})
	if err != nil {
		return probed{kind: unreached, err: err}
	}
	resp, err := p.do(ctx, http.MethodPost, base+"/chat/completions", body)
	if err != nil {
		return probed{kind: unreached, err: err}
	}
	defer func() { _ = resp.Body.Close() }() // which stops the endpoint
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		to := ""
		if at, err := resp.Location(); err == nil {
			to = withoutKey(at.String(), p.cfg.Key)
		}
		return probed{kind: redirected, status: resp.StatusCode, to: to}
	}
	var seen bytes.Buffer
	a := p.read(resp, firstOf(io.TeeReader(resp.Body, &seen)))
	if a.kind == answered {
		p.voice = voiceIn(io.MultiReader(&seen, resp.Body))
	}
	return a
}

// do makes a request with the key.
func (p *prober) do(ctx context.Context, method, address string, body []byte) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if p.cfg.Key != "" {
		req.Header.Set("Authorization", "Bearer "+p.cfg.Key)
		if strings.HasSuffix(req.URL.Hostname(), ".azure.com") {
			req.Header.Set("Api-Key", p.cfg.Key)
		}
	}
	return p.http.Do(req)
}

// firstOf returns the beginning of a response: all of one that is in one piece, or the
// first event of a stream.
func firstOf(body io.Reader) []byte {
	const most = 256 << 10
	lines := bufio.NewScanner(io.LimitReader(body, most))
	lines.Buffer(make([]byte, 0, 4096), most)
	var all bytes.Buffer
	for lines.Scan() {
		if event, is := bytes.CutPrefix(lines.Bytes(), []byte("data:")); is {
			return bytes.TrimSpace(event)
		}
		if line := lines.Bytes(); !bytes.HasPrefix(line, []byte(":")) && !bytes.HasPrefix(line, []byte("event:")) && !bytes.HasPrefix(line, []byte("id:")) {
			all.Write(line)
			all.WriteByte('\n')
		}
	}
	return bytes.TrimSpace(all.Bytes())
}

// Words by which endpoints say what they refuse.
var (
	saysModel   = regexp.MustCompile(`(?i)\bmodels?\b.{0,120}(not (be )?(found|exist|available|supported|loaded|valid)|(does|do)(n't| not) exist|unknown|isn't|no access|not a valid|try pulling)|(no such|unknown|invalid|unsupported|unavailable|not find) (the )?model|model_not_found|not a valid model|DeploymentNotFound`)
	saysTools   = regexp.MustCompile(`(?i)\btools?\b|tool[_ ]choice|tool[_ -]use|function[ _]call|--jinja`)
	saysNothing = regexp.MustCompile(`(?i)unexpected endpoint or method|unknown (request )?url|no route|invalid url`)
	saysQuota   = regexp.MustCompile(`(?i)insufficient_quota|quota|billing|credit|balance`)
	saysTLS     = regexp.MustCompile(`(?i)http request to an https server|http request was sent to https port`)
)

// read says what a response means.
func (p *prober) read(resp *http.Response, first []byte) probed {
	r := reasonIn(first)
	a := probed{status: resp.StatusCode, said: strings.Join(strings.Fields(strings.TrimSpace(r.code+" "+r.text)), " ")}
	a.said = withoutKey(a.said, p.cfg.Key)
	a.page = bytes.HasPrefix(first, []byte("<")) || strings.Contains(resp.Header.Get("Content-Type"), "html")
	said := string(first)
	switch {
	case resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden || resp.StatusCode == http.StatusProxyAuthRequired:
		a.kind = keyRefused
	case resp.StatusCode < 300 && a.page:
		a.kind = nowhere
	case resp.StatusCode < 300 && (bytes.Contains(first, []byte(`"choices"`)) || bytes.Equal(first, []byte("[DONE]"))):
		a.kind = answered
	case saysNothing.MatchString(said):
		a.kind = nowhere
	case saysModel.MatchString(said):
		a.kind = modelUnknown
	case resp.StatusCode >= 400 && saysTools.MatchString(said):
		a.kind = toolsRefused
	case resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusMethodNotAllowed || a.page && resp.StatusCode < 500:
		a.kind = nowhere
	default:
		a.kind = otherwise
	}
	return a
}

// explain says in a sentence what is wrong, and looks for what would be right.
func (p *prober) explain(ctx context.Context, a probed) Finding {
	here := "LLM_URL=" + p.cfg.URL
	switch a.kind {
	case answered:
		return Finding{Works: true}
	case toolsRefused:
		return Finding{Works: true, Sentence: fmt.Sprintf("LLM_MODEL=%s takes no tools here (%s), so it is asked without: it calls a person in writing, which is less reliable.", p.cfg.Model, reasonOr(a))}
	case unreached:
		return Finding{Sentence: p.unreachable(a.err)}
	case redirected:
		return Finding{Sentence: here + movedTo(a.to)}
	case keyRefused:
		if p.cfg.Key == "" {
			return Finding{Sentence: fmt.Sprintf("%s needs an API key (HTTP %d): set LLM_KEY.", here, a.status)}
		}
		return Finding{Sentence: fmt.Sprintf("%s refuses the key (HTTP %d): check LLM_KEY.", here, a.status)}
	case modelUnknown:
		return Finding{Sentence: fmt.Sprintf("LLM_MODEL=%s is not a model of %s (%s).%s", p.cfg.Model, p.cfg.URL, reasonOr(a), p.models(ctx))}
	case nowhere:
		return Finding{Sentence: here + p.place(ctx, a)}
	}
	switch {
	case saysTLS.MatchString(a.said):
		return Finding{Sentence: fmt.Sprintf("%s speaks TLS: set LLM_URL=https://%s.", here, strings.TrimPrefix(p.cfg.URL, "http://"))}
	case a.status == http.StatusPaymentRequired || saysQuota.MatchString(a.said):
		return Finding{Sentence: fmt.Sprintf("%s answers that nothing is left to pay with (%s).", here, reasonOr(a))}
	case a.status == http.StatusTooManyRequests || a.status == http.StatusServiceUnavailable:
		return Finding{Sentence: fmt.Sprintf("%s is busy, or not ready yet (%s).", here, reasonOr(a))}
	case a.status < 300:
		return Finding{Sentence: fmt.Sprintf("%s answers, but not with the chat protocol (%s).", here, cmp.Or(a.said, "nothing"))}
	}
	return Finding{Sentence: fmt.Sprintf("%s refuses questions (%s).", here, reasonOr(a))}
}

func reasonOr(a probed) string {
	if a.said == "" || a.page {
		return fmt.Sprintf("HTTP %d", a.status)
	}
	return clip(a.said, 200)
}

// movedTo says where an endpoint redirects to.
func movedTo(to string) string {
	base, is := strings.CutSuffix(to, "/chat/completions")
	switch {
	case to == "":
		return " redirects to nowhere: it is no chat endpoint."
	case !is:
		return " redirects to " + clip(to, 200) + ", which is no chat endpoint: is a sign-in in front of it?"
	}
	return " redirects to another address: set LLM_URL=" + clip(base, 200) + "."
}

// place says that there is no chat endpoint here, and where there is one.
func (p *prober) place(ctx context.Context, a probed) string {
	what := fmt.Sprintf(" has no chat endpoint (HTTP %d)", a.status)
	if a.page {
		what = " answers with a page for people, not with the chat protocol"
	}
	for _, base := range usualPlaces(p.base) {
		switch got := p.ask(ctx, base); got.kind {
		case nowhere, redirected, unreached:
			continue
		default:
			p.found = got.kind == answered
			return what + "; " + base + " has one: set that."
		}
	}
	return what + ". Is it the base URL of an OpenAI-compatible API? Most end in /v1."
}

// usualPlaces are where on the same server its chat endpoint may be.
func usualPlaces(base string) []string {
	origin := base
	if u, err := url.Parse(base); err == nil {
		origin = u.Scheme + "://" + u.Host
	}
	list := []string{base + "/v1", origin + "/v1", origin + "/openai/v1", origin + "/api/v1", origin + "/v1beta/openai"}
	return slices.DeleteFunc(slices.Compact(list), func(place string) bool { return place == base })
}

// models says which models the endpoint lists, if it does. That costs nothing.
func (p *prober) models(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	resp, err := p.do(ctx, http.MethodGet, p.base+"/models", nil)
	if err != nil {
		return ""
	}
	defer func() { _ = resp.Body.Close() }()
	var list struct {
		Data []struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	if json.NewDecoder(io.LimitReader(resp.Body, 4<<20)).Decode(&list) != nil {
		return ""
	}
	var names []string
	for _, m := range list.Data {
		if name := clip(printable(m.ID), 80); name != "" {
			names = append(names, name)
		}
	}
	return listed(names)
}

// mostNamed is how many models are named.
const mostNamed = 10

func listed(names []string) string {
	switch n := len(names); {
	case n == 0:
		return ""
	case n > mostNamed:
		return fmt.Sprintf(" It has %s and %d more.", strings.Join(names[:mostNamed], ", "), n-mostNamed)
	}
	return " It has " + strings.Join(names, ", ") + "."
}

// withoutKey takes the words out of the endpoint's that hold the key, or a good part of it. A
// key of a few letters is none.
func withoutKey(sentence, key string) string {
	const part = 6
	if len(key) < 4 {
		return sentence
	}
	words := strings.Split(strings.ReplaceAll(sentence, key, "[key]"), " ")
	for n, word := range words {
		for i := 0; len(key) >= 2*part && i+part <= len(key); i++ {
			if strings.Contains(word, key[i:i+part]) {
				words[n] = "[key]"
			}
		}
	}
	return strings.Join(words, " ")
}
