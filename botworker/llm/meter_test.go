package llm

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// budget is a meter that allows so many attempts.
type budget struct {
	left  int
	began []int64
	ended []int64
}

var errBroke = errors.New("nothing is left")

func (b *budget) Begin(_ context.Context, tokens int64) error {
	if b.left == 0 {
		return errBroke
	}
	b.left--
	b.began = append(b.began, tokens)
	return nil
}

func (b *budget) End(tokens int64) { b.ended = append(b.ended, tokens) }

// Each attempt costs money, so each is counted.
func TestRetriesAreCounted(t *testing.T) {
	about := ask.tokens()
	for name, c := range map[string]struct {
		handlers []http.HandlerFunc
		ended    []int64
	}{
		"as the endpoint says":     {[]http.HandlerFunc{words("All is well.")}, []int64{15}},
		"an HTTP error is free":    {[]http.HandlerFunc{status(500, ""), status(429, `{"error":{"message":"slow down"}}`), words("x")}, []int64{0, 0, 15}},
		"a stream that breaks off": {[]http.HandlerFunc{cut(strings.Repeat("word", 10)), words("x")}, []int64{about + 10, 15}},
		"no figures":               {[]http.HandlerFunc{events(`{"choices":[{"index":0,"delta":{"content":"12345678"}}]}`, "[DONE]")}, []int64{about + 2}},
		"an endless answer": {[]http.HandlerFunc{func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				word(w, strings.Repeat("a", 100))
			}
		}}, []int64{about + 1000}},
	} {
		t.Run(name, func(t *testing.T) {
			endpoint(t, func(t *testing.T, client *Client, requests *[]map[string]any) {
				b := &budget{left: 9}
				if _, err := client.Stream(t.Context(), ask, b, &recorder{}); err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(b.ended, c.ended) || len(b.began) != len(*requests) {
					t.Errorf("%v tokens in %d of %d requests, want %v", b.ended, len(b.began), len(*requests), c.ended)
				}
				for _, n := range b.began {
					if n != about+answerTokens {
						t.Errorf("counted %d in advance", n)
					}
				}
			}, c.handlers...)
		})
	}
}

func TestWithoutAnAllowanceNothingIsAsked(t *testing.T) {
	endpoint(t, func(t *testing.T, client *Client, requests *[]map[string]any) {
		_, err := client.Stream(t.Context(), ask, &budget{}, &recorder{})
		if !errors.Is(err, ErrRefused) || !errors.Is(err, errBroke) || len(*requests) != 0 {
			t.Errorf("%v after %d requests", err, len(*requests))
		}
	}, words("x"))
	endpoint(t, func(t *testing.T, client *Client, requests *[]map[string]any) {
		var p recorder
		_, err := client.Stream(t.Context(), ask, &budget{left: 1}, &p)
		if !errors.Is(err, ErrRefused) || len(*requests) != 1 || p.shown != "" {
			t.Errorf("no retry is left: %v after %d requests, shown %q", err, len(*requests), p.shown)
		}
	}, cut("All is"), words("x"))
}

// Nobody reads what a model thinks, and somebody pays for it.
func TestAModelThatReasonsWithoutAnEndIsCutOff(t *testing.T) {
	endless := func(delta string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				event(w, delta)
			}
		}
	}
	long := strings.Repeat("hmm ", 1000)
	for name, delta := range map[string]string{
		"reasoning": `{"choices":[{"index":0,"delta":{"reasoning_content":"` + long + `"}}]}`,
		"arguments": `{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"` + long + `"}}]}}]}`,
	} {
		endpoint(t, func(t *testing.T, client *Client, requests *[]map[string]any) {
			b := &budget{left: 9}
			_, err := client.Stream(t.Context(), ask, b, &recorder{})
			if err == nil || !strings.Contains(err.Error(), "never stops reasoning") || len(*requests) != 1 || b.ended[0] > ask.tokens()+maxUnseen/2 {
				t.Errorf("%s: %v after %d requests and %v tokens", name, err, len(*requests), b.ended)
			}
		}, endless(delta))
	}
}

// A burst is answered as a whole, but what one prompt costs stays bounded, in whatever
// script it is written.
func TestABurstOfFiftyLongMessagesMakesAPromptOfAFew(t *testing.T) {
	for name, letter := range map[string]string{"Latin": "a", "Chinese": "長", "emoji": "😀"} {
		var burst []string
		var before []Turn
		for range 50 {
			burst = append(burst, strings.Repeat(letter, 4000))
			before = append(before, Turn{Text: strings.Repeat(letter, 4000)}, Turn{Bot: true, Text: "ok"})
		}
		burst[49] = "And the last question?"
		p := Build(burst, before, nil)
		n := 0
		for _, m := range p.Messages {
			n += len(m.Text)
			if !utf8.ValidString(m.Text) {
				t.Errorf("%s: cut in the middle of a character", name)
			}
		}
		if n > 2*(maxTurns+maxQuestion)+1000 {
			t.Errorf("%s: %d bytes", name, n)
		}
		if last := p.Messages[len(p.Messages)-1].Text; !strings.HasSuffix(last, burst[49]) {
			t.Errorf("%s: the last question is cut: …%s", name, last[len(last)-40:])
		}
	}
	if p := Build([]string{strings.Repeat("長", 4000)}, nil, nil); !strings.HasSuffix(p.Messages[0].Text, strings.Repeat("長", 4000)) {
		t.Error("one whole message of Chinese is cut")
	}
}
