// Package llm asks an OpenAI-compatible chat endpoint for an answer. The model can write,
// and it can call one tool, which hands the chat over to a person. It can run nothing
// else.
package llm

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	openai "github.com/sashabaranov/go-openai"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/telemetry"
)

// Config says which model to ask, and how patiently.
type Config struct {
	URL   string // the API's base, such as https://api.openai.com/v1
	Key   string // may be empty if the endpoint needs none
	Model string

	// FirstWord is how long an endpoint may be silent before the first word of the answer.
	// Any byte breaks the silence: a comment, a thought. 45 s if 0.
	FirstWord time.Duration
	Stall     time.Duration // how long it may be silent after that; 15 s if 0
	// Total is for all attempts together; a minute if 0, or FirstWord and Stall together,
	// if that is more.
	Total    time.Duration
	Attempts int // 3 if 0
	// Whole passes answers on once they are complete. Otherwise words come as the model
	// writes them, and one whose thoughts have no beginning for the first time is noticed
	// only at their end.
	Whole bool

	// HTTP makes the requests; a default client if nil. Redirects are refused.
	HTTP *http.Client

	Metrics prometheus.Registerer // registers the metrics, once; nil: none
	Tracer  *telemetry.Tracer     // nil: nothing is traced
	// Log gets a line for each option that the endpoint refuses, and, at debug level, for
	// each attempt that is repeated. Never the key, nor what is asked or answered.
	Log zerolog.Logger
}

// Client asks one model. It may be used concurrently. It remembers what its endpoint
// refuses, so a process should have one for each endpoint.
type Client struct {
	cfg     Config
	base    string
	http    *http.Client
	effort  string
	manners manners
	metrics *metrics
}

// New checks the configuration and returns a client, or an error with everything that is
// wrong. It does not connect.
func New(cfg Config) (*Client, error) {
	base, err := checkURL(cfg.URL)
	errs := []error{err}
	if strings.TrimSpace(cfg.Model) == "" || strings.ContainsFunc(cfg.Model, unicode.IsControl) {
		errs = append(errs, errors.New("the model's name is missing or not printable: expected a name that the endpoint knows"))
	}
	if strings.ContainsFunc(cfg.Key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		errs = append(errs, errors.New("the model's key can't be sent: expected printable ASCII characters without spaces"))
	}
	if cfg.FirstWord < 0 || cfg.Stall < 0 || cfg.Total < 0 || cfg.Attempts < 0 {
		errs = append(errs, errors.New("a limit for the model is negative: expected 0 (the default) or more"))
	}
	effort, err := effortFor(cfg.Model)
	if err := errors.Join(append(errs, err)...); err != nil {
		return nil, err
	}
	setDefault(&cfg.FirstWord, 45*time.Second)
	setDefault(&cfg.Stall, 15*time.Second)
	setDefault(&cfg.Total, max(time.Minute, cfg.FirstWord+cfg.Stall))
	setDefault(&cfg.Attempts, 3)

	c := &Client{cfg: cfg, base: base, http: newHTTP(cfg.HTTP), effort: effort, metrics: newMetrics(cfg.Metrics)}
	if effort == "" {
		c.manners.without.Store(uint32(askEffort))
	}
	return c, nil
}

func setDefault[T comparable](v *T, to T) {
	var zero T
	if *v == zero {
		*v = to
	}
}

// checkURL returns the API's base. An error repeats no part of the URL, since that may
// contain a key by mistake.
func checkURL(raw string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	switch {
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "":
		return "", errors.New("the model's URL is not usable: expected one like https://api.openai.com/v1")
	case u.User != nil:
		return "", errors.New("the model's URL holds a user or password: expected them in the key")
	case u.RawQuery != "" || u.Fragment != "":
		return "", errors.New("the model's URL holds a query or fragment: expected one like https://api.openai.com/v1")
	}
	return strings.TrimSuffix(strings.TrimRight(u.String(), "/"), "/chat/completions"), nil
}

// effortFor asks the library about the model: some models take tools at this endpoint
// only if they do not reason first, and some not at all.
func effortFor(model string) (string, error) {
	request := openai.ChatCompletionRequest{Model: model, Tools: []openai.Tool{handOverTool(nil)}}
	check := openai.NewReasoningValidator()
	err := check.Validate(request)
	if err == nil {
		return "", nil
	}
	request.ReasoningEffort = openai.ReasoningEffortNone
	if check.Validate(request) == nil {
		return openai.ReasoningEffortNone, nil
	}
	return "", fmt.Errorf("the model can't be used: expected one that takes tools at the chat endpoint: %w", err)
}

// Progress receives the answer in pieces. Restart voids the pieces so far: the model
// starts over.
type Progress interface {
	Delta(text string)
	Restart()
}

// Meter counts what the model costs. It is asked before each attempt, retries too, since
// each one costs money. One goroutine uses it.
type Meter interface {
	// Begin counts an attempt and an estimate of the tokens it will use. With an error the
	// attempt is not made, and Stream returns it wrapped in ErrRefused.
	Begin(ctx context.Context, tokens int64) error
	// End reports how many tokens the latest attempt used, as the endpoint says, or else
	// an estimate.
	End(tokens int64)
}

// ErrRefused says that the meter allowed no attempt, or no further one.
var ErrRefused = errors.New("the model may not be asked")

// Unmetered is a Meter that allows everything.
type Unmetered struct{}

// Begin implements Meter.
func (Unmetered) Begin(context.Context, int64) error { return nil }

// End implements Meter.
func (Unmetered) End(int64) {}

// Finish says why the model stopped writing.
type Finish string

// All reasons.
const (
	Stop   Finish = "stop"   // it was done, or called for a person
	Length Finish = "length" // no room was left: the text ends in the middle
	Filter Finish = "filter" // the endpoint withholds the rest, or everything
)

// Result is what the model answered.
type Result struct {
	Text           string // at most 4000 characters; may be empty with Handover or Filter
	Finish         Finish
	Handover       bool   // the model wants a person to take over
	HandoverReason string // the model's words, for whoever answers then
	HandoverTeam   string // what the model calls the team whose matter it is; empty: it names none
	PromptTokens   int    // 0 if the endpoint does not say
	AnswerTokens   int
}

// Stream asks the model and passes its answer on to progress in pieces. It retries from
// the start if the endpoint is busy, fails, stalls or cuts the stream. An error is the
// context's, an *Error with a sentence, or wraps ErrRefused; none ever contains the key.
func (c *Client) Stream(ctx context.Context, prompt Prompt, meter Meter, progress Progress) (Result, error) {
	ctx, span := c.cfg.Tracer.Start(ctx, "model", "")
	began := time.Now()
	result, err := c.insist(ctx, prompt, meter, progress)
	switch {
	case err == nil:
		c.metrics.answered("ok", began)
		span.Int("prompt_tokens", int64(result.PromptTokens)).Int("answer_tokens", int64(result.AnswerTokens))
	case ctx.Err() != nil:
		c.metrics.answered("given_up", began)
	case errors.Is(err, ErrRefused): // not the model's failure
	default:
		c.metrics.answered("failed", began)
	}
	span.Str("model", c.cfg.Model).End(err)
	return result, err
}

// retrying is the pause between two attempts, unless the endpoint asks for a longer one.
var retrying = backoff.Policy{Min: time.Second, Max: 8 * time.Second}

// loadingPause is how long an endpoint that loads its model is left alone. Such attempts
// do not count: they go on until the time for the answer is over.
const loadingPause = 3 * time.Second

// maxLessons bounds how often one question may be asked again because an option was
// refused: once for each.
const maxLessons = 5

// insist makes attempts until one succeeds or another is not worthwhile.
func (c *Client) insist(ctx context.Context, prompt Prompt, meter Meter, progress Progress) (Result, error) {
	limited, cancel := context.WithTimeoutCause(ctx, c.cfg.Total, errTotal)
	defer cancel()
	lessons, ends, taught := 0, 0, ""
	var without option // what this question is asked without, beside what is known
	for attempt := 1; ; {
		if err := meter.Begin(limited, prompt.tokens()+answerTokens); err != nil {
			if ctx.Err() != nil {
				return Result{}, fmt.Errorf("ask the model: %w", context.Cause(ctx))
			}
			return Result{}, fmt.Errorf("%w: %w", ErrRefused, err)
		}
		known := option(c.manners.without.Load())
		t := turn{client: c, progress: progress, with: ^(known | without), endless: ends > 0 || c.manners.endless.Load()}
		result, err := t.run(limited, prompt)
		meter.End(t.cost(prompt, err))
		if t.accepted && without&^known != 0 {
			c.learn(without, taught)
		}
		if err == nil {
			c.metrics.attempted(result, nil)
			return result, nil
		}
		if t.streamed {
			progress.Restart()
		}
		f, _ := errors.AsType[*fault](err)
		if f != nil && ctx.Err() == nil {
			if result, ok := f.answer(); ok {
				c.metrics.attempted(result, nil)
				return result, nil
			}
			if o := f.refused(t.offers()); o != 0 && lessons < maxLessons && !tooLong(f) {
				// What the endpoint teaches is no failure: it is asked again at once.
				taught = c.explainFault(f).Sentence
				c.cfg.Log.Debug().Str("option", o.names()).Str("reason", taught).Msg("asking the model again without an option that its endpoint may refuse")
				without |= o
				lessons++
				continue
			}
		}
		c.metrics.attempted(result, err)
		if ctx.Err() != nil {
			return Result{}, fmt.Errorf("ask the model: %w", context.Cause(ctx))
		}
		failure := c.explain(limited, err)
		pause := max(retrying.Delay(attempt), t.after)
		switch {
		case f != nil && f.loading():
			pause = max(loadingPause, t.after)
			failure.Temporary = true
		case errors.Is(err, errCut) && t.ended:
			ends++ // twice in a row it is the endpoint's way to end
			attempt++
		default:
			attempt++
		}
		deadline, _ := limited.Deadline()
		if !failure.Temporary || attempt > c.cfg.Attempts || time.Until(deadline) <= pause {
			return Result{}, failure
		}
		c.cfg.Log.Debug().Err(failure).Dur("pause", pause).Msg("asking the model again")
		if err := backoff.Sleep(limited, pause); err != nil && ctx.Err() != nil {
			return Result{}, fmt.Errorf("ask the model: %w", context.Cause(ctx))
		}
	}
}

// learn remembers what the endpoint does without, and why it was asked so.
func (c *Client) learn(without option, reason string) {
	before := option(c.manners.without.Or(uint32(without)))
	if fresh := without &^ before; fresh != 0 {
		c.cfg.Log.Warn().Str("options", fresh.names()).Str("reason", reason).Msg("the model's endpoint refuses options: it is asked without them from now on")
	}
}
