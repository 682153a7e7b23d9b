package chat

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func give(t *testing.T, object string) ([]Attribute, []string) {
	t.Helper()
	var given map[string]json.RawMessage
	if err := json.Unmarshal([]byte(object), &given); err != nil {
		t.Fatal(err)
	}
	return FitAttributes(given)
}

// What does not fit is cut or left out, with a sentence that says which.
func TestAttributesThatDoNotFitAreNamed(t *testing.T) {
	many := map[string]string{}
	for i := range MaxAttributes + 5 {
		many[fmt.Sprintf("k%02d", i)] = "v"
	}
	object, _ := json.Marshal(many)
	fit, wrong := give(t, string(object))
	if len(fit) != MaxAttributes || len(wrong) != 1 || !strings.Contains(wrong[0], `more than 30 attributes: "k30"`) {
		t.Errorf("35 attributes: %d, %q", len(fit), wrong)
	}
	long := strings.Repeat("ü", MaxValue+1)
	fit, wrong = give(t, `{"plan":"`+long+`"}`)
	if len(fit) != 1 || fit[0].Value != strings.Repeat("ü", MaxValue-1)+"…" || len(wrong) != 1 || !strings.Contains(wrong[0], `"plan" is cut`) {
		t.Errorf("a long value: %+v, %q", fit, wrong)
	}
	for what, object := range map[string]string{
		"a long name": `{"` + strings.Repeat("k", MaxKey+1) + `":"v"}`, "no name": `{" ":"v"}`, "a list": `{"plan":["pro"]}`, "an object": `{"plan":{}}`,
	} {
		if fit, wrong := give(t, object); len(fit) != 0 || len(wrong) != 1 || !strings.Contains(wrong[0], "left out") {
			t.Errorf("%s: %+v, %q", what, fit, wrong)
		}
	}
	big := map[string]string{}
	for i := range MaxAttributes {
		big[fmt.Sprintf("k%02d", i)] = strings.Repeat("漢", MaxValue)
	}
	object, _ = json.Marshal(big)
	fit, wrong = give(t, string(object))
	if len(fit) != 10 || len(wrong) != 1 || !strings.Contains(wrong[0], `8192 bytes: "k10"`) {
		t.Errorf("23,000 bytes: %d, %q", len(fit), wrong)
	}
}

// Whatever is given, what fits is in bounds, in order, and may be written on a card.
func TestWhateverIsGivenAttributesAreInBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		given := map[string]json.RawMessage{}
		for range rapid.IntRange(0, 40).Draw(t, "n") {
			data, _ := json.Marshal(rapid.String().Draw(t, "value"))
			if rapid.Bool().Draw(t, "raw") {
				data = []byte(rapid.SampledFrom([]string{"1.5e3", "true", "null", "[1]", "{", "nonsense", ""}).Draw(t, "data"))
			}
			given[rapid.String().Draw(t, "key")] = data
		}
		fit, _ := FitAttributes(given)
		for i, a := range fit {
			if i > 0 && fit[i-1].Key == a.Key {
				t.Fatalf("twice: %+v", fit)
			}
		}
		if len(fit) == 0 {
			return
		}
		edit, err := CardEdit{Set: fit}.Clean()
		if err != nil {
			t.Fatalf("%+v: %v", fit, err)
		}
		for i, a := range edit.Set {
			if a != fit[i] {
				t.Fatalf("%+v becomes %+v", fit[i], a)
			}
		}
	})
}
