package frame

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestAMessageWithFilesNeedsNoWords(t *testing.T) {
	for name, c := range map[string]struct {
		frame string
		code  string // empty: it is accepted
		files int
	}{
		"a file alone":         {`{"t":"send","id":"1","files":[{"ticket":"a","alt":" a\u0007 picture "}]}`, "", 1},
		"a file and words":     {`{"t":"send","id":"1","text":"see","files":[{"ticket":"a"}]}`, "", 1},
		"nothing":              {`{"t":"send","id":"1","files":[]}`, "bad_text", 0},
		"no ticket":            {`{"t":"send","id":"1","text":"see","files":[{"alt":"a"}]}`, "bad_frame", 0},
		"eleven":               {`{"t":"send","id":"1","files":[` + strings.Repeat(`{"ticket":"a"},`, 10) + `{"ticket":"b"}]}`, "bad_frame", 0},
		"no list":              {`{"t":"send","id":"1","files":{"ticket":"a"}}`, "bad_frame", 0},
		"a long description":   {`{"t":"send","id":"1","files":[{"ticket":"a","alt":"` + strings.Repeat("ü", 501) + `"}]}`, "too_long", 0},
		"words that are long":  {`{"t":"send","id":"1","text":"` + strings.Repeat("a", 4001) + `","files":[{"ticket":"a"}]}`, "too_long", 0},
		"where there are none": {`{"t":"close","id":"1","files":[{"ticket":""}]}`, "", 0},
	} {
		f, err := Parse([]byte(c.frame))
		if err == nil {
			err = f.Check()
		}
		code := ""
		if err != nil {
			code = RefusalOf(err).Code
		}
		if code != c.code || err == nil && len(f.Files) != c.files {
			t.Errorf("%s: %q with %d files, %v", name, code, len(f.Files), errors.Unwrap(err))
		}
		if name == "a file alone" && f.Files[0].Alt != "a picture" {
			t.Errorf("the description is %q", f.Files[0].Alt)
		}
	}
}

func TestAWelcomeWithoutFilesSaysNothingOfThem(t *testing.T) {
	b, err := json.Marshal(Welcome{T: "welcome"})
	if err != nil || strings.Contains(string(b), "files") {
		t.Errorf("%s, %v", b, err)
	}
}
