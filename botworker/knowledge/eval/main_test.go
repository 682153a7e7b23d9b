package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/parley-chat/parley/botworker/knowledge"
)

func TestQuestionsAreCounted(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return file
	}
	write("shoes.md", "# Shoes\n\nShoes come in pairs.")
	write("hats.md", "# Hats\n\nHats come in boxes.\n\n## Care\n\nBrush them daily.")
	file := write("questions.tsv", "# comment\n\nshoes in pairs?\tshoes.md\nhats\tshoes.md,caps.md\nweather tomorrow\tshoes.md\nfootball\t-\nboxes\t-\nhats\thats.md#\nhats boxes\thats.md#Care\nbrush daily\thats.md#Care\n")
	var out strings.Builder
	if err := run(context.Background(), &out, dir, file, false); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"6 questions that a page answers: 3 from the right place (0 with a hedge), 2 from a wrong one (0), 1 declined (0 offer the right one)",
		"2 questions that no page answers: 1 declined, 1 answered (0 with a hedge)",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if err := run(context.Background(), &out, dir, write("bad.tsv", "no tab"), false); err == nil || !strings.Contains(err.Error(), "line 1: expected") {
		t.Errorf("bad line: %v", err)
	}
}

// What the bot would only offer isn't counted as an answer, and what it would quote with a
// hedge is counted as such.
func TestTheBandsAreCounted(t *testing.T) {
	folder := fstest.MapFS{
		"care.md":     {Data: []byte("# Care\n\n## Jackets\n\nWash a waterproof jacket at 30 degrees.\n\n## Boots\n\nBrush the boots, and wax them twice a year.\n\n## Tents\n\nDry a tent outdoors before you pack it.")},
		"delivery.md": {Data: []byte("# Delivery\n\n## Abroad\n\nA parcel to Norway takes eight days, and customs may open it.\n\n## At home\n\nA parcel takes two days.")},
	}
	file := filepath.Join(t.TempDir(), "questions.tsv")
	text := "how do I wax boots\tcare.md#Boots\nhow do I dry boots\tcare.md#Boots\nhow do I dry boots\tcare.md#Tents\nhow do I dry boots\t-\n" +
		"is my parcel opened by customs officers\tdelivery.md#Abroad\nis my parcel opened by customs officers\tcare.md\nis my parcel opened by customs officers\t-\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	want := tally{right: 2, hedgedRight: 1, wrong: 1, hedgedWrong: 1, declined: 2, offered: 1, falseAnswer: 1, hedgedFalse: 1, rightlyDeclined: 1}
	if got, err := ask(t.Context(), io.Discard, folder, file, true); err != nil || got != want {
		t.Errorf("%+v, want %+v (%v)", got, want, err)
	}
}

// A shop's pages in seven languages answer at least four of five questions from the right
// place, offer it for nearly all the others, and answer none that they can't.
func TestAShopAnswersInSevenLanguages(t *testing.T) {
	for _, language := range []string{"de", "fr", "es", "ru", "zh", "ja", "ar"} {
		folder := os.DirFS(filepath.Join("shops", language))
		var out strings.Builder
		got, err := ask(context.Background(), &out, folder, filepath.Join("shops", language+".tsv"), false)
		if err != nil {
			t.Fatal(err)
		}
		asked, others := got.right+got.wrong+got.declined, got.falseAnswer+got.rightlyDeclined
		if asked < 20 || others < 10 || got.right*5 < asked*4 || (got.right+got.offered)*20 < asked*19 || got.falseAnswer > 0 {
			t.Errorf("%s: %+v\n%s", language, got, out.String())
		}
	}
}

// A hotel has one page only, so that a word hardly tells what is rare. In all seven
// languages together it answers four of five questions, offers the answer to nearly all the
// others, and hardly answers what it can't.
func TestASinglePageAnswersInSevenLanguages(t *testing.T) {
	var all tally
	var out strings.Builder
	for _, language := range []string{"de", "fr", "es", "ru", "zh", "ja", "ar"} {
		got, err := ask(context.Background(), &out, os.DirFS(filepath.Join("inns", language)), filepath.Join("inns", language+".tsv"), false)
		if err != nil {
			t.Fatal(err)
		}
		all.right, all.wrong, all.declined, all.offered = all.right+got.right, all.wrong+got.wrong, all.declined+got.declined, all.offered+got.offered
		all.falseAnswer, all.rightlyDeclined = all.falseAnswer+got.falseAnswer, all.rightlyDeclined+got.rightlyDeclined
	}
	if asked := all.right + all.wrong + all.declined; asked < 90 || all.right*5 < asked*4 || (all.right+all.offered)*20 < asked*19 || all.wrong > 2 || all.falseAnswer > 3 {
		t.Errorf("%+v\n%s", all, out.String())
	}
}

// What the built-in pages answer, and what they rightly decline, gets no worse. Who
// makes it better writes the new figures here.
func TestTheBuiltinPagesAnswerAsManyQuestionsAsEver(t *testing.T) {
	for file, want := range map[string]struct{ right, wrong, offered int }{
		"parley.tsv":         {right: 111, wrong: 3, offered: 3},
		"parley-heldout.tsv": {right: 48, wrong: 9, offered: 25},
	} {
		got, err := ask(context.Background(), io.Discard, knowledge.Builtin(), file, false)
		if err != nil {
			t.Fatal(err)
		}
		if got.right < want.right || got.right+got.offered < want.right+want.offered || got.wrong > want.wrong || got.falseAnswer > 0 {
			t.Errorf("%s: %+v, want %+v or better", file, got, want)
		}
	}
}
