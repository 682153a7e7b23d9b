package knowledge

import (
	"fmt"
	"strings"
	"testing"
)

// Nobody knows which figure is the price if the names of the columns are missing.
func TestAPieceOfALongTableCarriesItsHead(t *testing.T) {
	var rows strings.Builder
	for i := range 60 {
		fmt.Fprintf(&rows, "| Country %d | %d.00 | %d |\n", i, 100+i, 500+i)
	}
	head := "| Country | Costs in euro | Days |\n| --- | ---: | ---: |\n"
	p := parsePage("a.md", "# Rates\n\n## By country\n\nThe rates are:\n\n"+head+rows.String())
	if len(p.passages) < 3 {
		t.Fatalf("%d passages", len(p.passages))
	}
	all := ""
	for _, ps := range p.passages {
		rest, ok := strings.CutPrefix(ps.text, "The rates are:\n\n"+head)
		if !ok {
			t.Errorf("a piece without its head: %q", ps.text)
		}
		all += rest + "\n"
	}
	if all != rows.String() {
		t.Errorf("the rows are %q", all)
	}
}

// A row that fits below no head says of each cell which column it is in.
func TestALongRowNamesTheColumnsOfItsCells(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("It is a long text. ", 20))
	p := parsePage("a.md", "| Plan | What it has | Price |\n|---|---|---|\n| Pro | "+long+" | 19 € |\n| Max | "+long+long+" | 29 € |\n")
	var all strings.Builder
	for _, ps := range p.passages {
		all.WriteString(ps.text + "\n")
	}
	for _, want := range []string{"| Plan | What it has | Price |\n| --- | --- | --- |\n| Pro | ", " | 19 € |", "- Plan: Max\n", "- Price: 29 €\n"} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("no %q in %q", want, all.String())
		}
	}
}

func TestAPieceOfALongListCarriesTheLineThatAnnouncesIt(t *testing.T) {
	items := ""
	for i := range 60 {
		items += fmt.Sprintf("- the part with the number %d\n", 1000+i)
	}
	p := parsePage("a.md", "# Set\n\nThe set contains:\n\n"+items+"\nThat is all.\n")
	if len(p.passages) < 3 {
		t.Fatalf("%d passages", len(p.passages))
	}
	for _, ps := range p.passages {
		if !strings.HasPrefix(ps.text, "The set contains:\n\n- the part") {
			t.Errorf("a piece without its announcement: %q", ps.text)
		}
	}
	if last := p.passages[len(p.passages)-1].text; !strings.HasSuffix(last, "1059\n\nThat is all.") {
		t.Errorf("the last piece is %q", last)
	}
}

func TestAPieceOfALongBoxCarriesItsTitle(t *testing.T) {
	text := strings.Repeat("    It lasts six months from the day on which it was repaired, if there is a receipt.\n\n", 20)
	p := parsePage("a.md", "!!! note \"For repaired devices\"\n\n"+text+"\nThis is for all devices.\n")
	if len(p.passages) < 3 {
		t.Fatalf("%d passages", len(p.passages))
	}
	for _, ps := range p.passages {
		if !strings.HasPrefix(ps.text, "**For repaired devices**\n\nIt lasts") {
			t.Errorf("a piece without its title: %q", ps.text)
		}
	}
}

func TestALongTextIsCutBetweenSentencesAndNotInAnAmount(t *testing.T) {
	for _, sentence := range []string{"This is a **bold** sentence of approx. 5 words [with a link](https://a.b/c). ", "一共需要三天。", "it costs 1 000 € or more and "} {
		p := parsePage("a.md", strings.Repeat(sentence, 400/len(sentence)*20))
		if len(p.passages) < 3 {
			t.Fatalf("%d passages", len(p.passages))
		}
		for i, ps := range p.passages {
			begin := strings.TrimSpace(sentence)[:6]
			if !strings.HasPrefix(ps.text, begin) && !strings.HasPrefix(sentence, "it costs") {
				t.Errorf("a piece begins with %.30q", ps.text)
			}
			if strings.HasSuffix(ps.text, "1") || strings.HasSuffix(ps.text, "000") || i > 0 && strings.HasPrefix(ps.text, "€") {
				t.Errorf("an amount was cut: %q", ps.text)
			}
		}
	}
}
