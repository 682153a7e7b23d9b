package llm

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestEveryServersAnswerIsUnderstood(t *testing.T) {
	for _, c := range servers {
		t.Run(c.server+", "+c.manner, func(t *testing.T) {
			endpoint(t, func(t *testing.T, client *Client, requests *[]map[string]any) {
				var p recorder
				r, err := client.Stream(t.Context(), ask, Unmetered{}, &p)
				if err != nil || r.Text != c.text || r.Handover != c.person || strings.TrimSpace(p.shown) != r.Text || strings.Contains(r.Text+p.shown, "SECRET") {
					t.Errorf("%+v, %v; shown %q", r, err, p.shown)
				}
				if want := max(1, c.requests); len(*requests) != want {
					t.Errorf("%d requests instead of %d", len(*requests), want)
				}
				if c.text == "" && !c.person && r.Finish != Filter {
					t.Errorf("an empty answer: %+v", r)
				}
			}, c.handler)
		})
	}
}

// What an endpoint refuses is remembered: only the first question teaches it, without a
// pause, and it does not count as a failure.
func TestWhatIsRefusedIsLeftOutFromThenOn(t *testing.T) {
	for _, c := range servers {
		if c.requests < 2 || c.manner == "no end mark at all, each time" {
			continue
		}
		t.Run(c.server+", "+c.manner, func(t *testing.T) {
			endpoint(t, func(t *testing.T, client *Client, requests *[]map[string]any) {
				began := time.Now()
				for range 3 {
					if r, err := client.Stream(t.Context(), ask, Unmetered{}, &recorder{}); err != nil || r.Text != "All is well." {
						t.Errorf("%+v, %v", r, err)
					}
				}
				if n := len(*requests); n != c.requests+2 {
					t.Errorf("%d requests for three questions", n)
				}
				if took := time.Since(began); took > 500*time.Millisecond {
					t.Errorf("the visitor waited %v", took)
				}
			}, c.handler)
		})
	}
}

func TestWithoutToolsTheModelIsToldToAskInWriting(t *testing.T) {
	refuse := unless("tools", 400, `{"error":{"message":"x does not support tools"}}`)
	endpoint(t, func(t *testing.T, c *Client, requests *[]map[string]any) {
		for range 2 {
			if _, err := c.Stream(t.Context(), ask, Unmetered{}, &recorder{}); err != nil {
				t.Fatal(err)
			}
		}
		for i, sent := range *requests {
			b, _ := json.Marshal(sent["messages"])
			if told := strings.Contains(string(b), "hand_over_to_person()"); told != (i > 0) {
				t.Errorf("request %d: told to ask in writing: %v", i+1, told)
			}
		}
	}, refuse)
}

func TestWithoutASystemTheRulesComeFirst(t *testing.T) {
	endpoint(t, func(t *testing.T, c *Client, requests *[]map[string]any) {
		if _, err := c.Stream(t.Context(), ask, Unmetered{}, &recorder{}); err != nil {
			t.Fatal(err)
		}
		list := (*requests)[1]["messages"].([]any)
		first := list[0].(map[string]any)
		if len(list) != 1 || first["role"] != "user" || !strings.HasPrefix(fmt.Sprint(first["content"]), ask.System) || !strings.Contains(fmt.Sprint(first["content"]), "Where is my parcel?") {
			t.Errorf("%v", list)
		}
	}, unless("role system", 400, `{"error":{"message":"System role not supported"}}`))
}

// The reason is read wherever it stands.
func TestTheReasonOfAFailureIsInTheSentence(t *testing.T) {
	for body, want := range map[string]string{
		`{"error":{"message":"the disk is full","type":"x"}}`:                                   "the disk is full",
		`{"error":"the disk is full"}`:                                                          "the disk is full",
		`{"message":"the disk is full"}`:                                                        "the disk is full",
		`{"detail":"the disk is full"}`:                                                         "the disk is full",
		`{"detail":[{"loc":["body","messages",0],"msg":"the disk is full"}]}`:                   "body.messages.0: the disk is full",
		`{"object":"error","message":{"detail":[{"msg":"the disk is full"}]}}`:                  "the disk is full",
		`{"errors":[{"message":"the disk is full"}]}`:                                           "the disk is full",
		`{"errors":["the disk is full"]}`:                                                       "the disk is full",
		`[{"error":{"code":418,"message":"the disk is full","status":"X"}}]`:                    "the disk is full",
		`{"error":{"message":"Provider returned error","metadata":{"raw":"the disk is full"}}}`: "Provider returned error the disk is full",
		`{"error":{"message":"{\"error\":{\"message\":\"the disk is full\"}}"}}`:                "the disk is full",
		`{"error":{"code":"disk_full"}}`:                                                        "disk_full",
		`the disk is full`:                                                                      "the disk is full",
		"<html><head><title>the disk is full</title></head><body>nginx</body></html>":           "the disk is full",
		"<html><body><h1>the disk is full</h1></body></html>":                                   "the disk is full",
		"<style>a{}</style><p>the <b>disk</b> is full</p>":                                      "the disk is full",
		"the disk is " + strings.Repeat("very ", 5000) + "full":                                 "…",
		`{"error":{"message":"the key ` + key + ` and sk-v********6789 are full"}}`:             "the key [key] and [key] are full",
	} {
		endpoint(t, func(t *testing.T, c *Client, requests *[]map[string]any) {
			_, err := c.Stream(t.Context(), ask, Unmetered{}, &recorder{})
			if err == nil || !strings.HasPrefix(err.Error(), "the model's endpoint answered HTTP 418: ") || !strings.HasSuffix(err.Error(), want) || len(err.Error()) > 300 || len(*requests) != 1 {
				t.Errorf("%v after %d requests; expected %s", err, len(*requests), want)
			}
		}, status(418, body))
	}
}

// The check at the start learns it, too: then no visitor sees a thought for a moment.
func TestTheCheckLearnsThatAModelThinksAloud(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		aloud  bool
	}{
		"in a stream": {events(content("I look at "), content("the SECRET."), content("</thi"), content("nk>It costs 9."), finished, "[DONE]"), true},
		"as a whole":  {raw("application/json", `{"choices":[{"message":{"content":"The SECRET.</think>It costs 9."},"finish_reason":"stop"}]}`), true},
		"not at all":  {words("It ", "costs 9."), false},
		"with a mark": {events(content("<think>SECRET</think>It costs 9."), finished, "[DONE]"), false},
	} {
		endpoint(t, func(t *testing.T, client *Client, _ *[]map[string]any) {
			client.manners.voices.aloud = nil
			if f, err := client.Check(t.Context(), Unmetered{}); err != nil || !f.Works {
				t.Fatalf("%+v, %v", f, err)
			}
			if got := client.manners.voices.mayThinkAloud(""); got != c.aloud {
				t.Errorf("%s: thinks aloud: %v", name, got)
			}
			var p recorder
			if r, err := client.Stream(t.Context(), ask, Unmetered{}, &p); err != nil || r.Text != "It costs 9." || p.restarts != 0 || strings.Contains(p.shown, "SECRET") {
				t.Errorf("%s: %+v, %v; shown %q after %d restarts", name, r, err, p.shown, p.restarts)
			}
		}, c.answer)
	}
}

// An endpoint that tells thoughts from words is believed: an answer that begins like a
// thought is shown while it is written.
func TestWhereThoughtsAreToldApartEveryAnswerStreams(t *testing.T) {
	okay := []string{content("Okay, "), content("the user guide "), content("says 9."), finished, "[DONE]"}
	for name, c := range map[string]struct {
		first   []string
		streams bool
	}{"told apart": {[]string{delta(`"reasoning":"SECRET"`)}, true}, "not told apart": {nil, false}} {
		endpoint(t, func(t *testing.T, client *Client, _ *[]map[string]any) {
			var p pieces
			if r, err := client.Stream(t.Context(), ask, Unmetered{}, &p); err != nil || r.Text != "Okay, the user guide says 9." || p.n > 1 != c.streams {
				t.Errorf("%s: %+v, %v in %d pieces", name, r, err, p.n)
			}
		}, events(append(c.first, okay...)...))
	}
}

// pieces is a Progress that counts.
type pieces struct{ n int }

func (p *pieces) Delta(string) { p.n++ }
func (p *pieces) Restart()     {}

// Two calls that the endpoint gives one number are two: each has its own reason.
func TestCallsWithOneNumberAreNotMixed(t *testing.T) {
	one := func(id, name, arguments string) string {
		return toolCalls(`[{"index":0,"id":"` + id + `","function":{"name":"` + name + `","arguments":"` + arguments + `"}}]`)
	}
	for name, lines := range map[string][]string{
		"by their ids":      {one("a", handOver, `{\"reason\":\"a`), one("b", handOver, `{\"reason\":\"a refund\"}`)},
		"by whole argument": {one("", "search", `{}`), one("", handOver, `{\"reason\":\"a refund\"}`)},
	} {
		endpoint(t, func(t *testing.T, c *Client, _ *[]map[string]any) {
			if r, err := c.Stream(t.Context(), ask, Unmetered{}, &recorder{}); err != nil || !r.Handover || r.HandoverReason != "a refund" {
				t.Errorf("%s: %+v, %v", name, r, err)
			}
		}, events(append(lines, finished, "[DONE]")...))
	}
}
