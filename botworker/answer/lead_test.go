package answer

import "testing"

// A passage is answered from with its own words, and never with half a list or table.
func TestTheSentenceThatAnswersComesFirst(t *testing.T) {
	const (
		long  = "We ship from Porto. Orders before noon leave the same day, except on Sundays and public holidays. Delivery to Norway takes about 5 to 7 days. Customs may add a fee, which the carrier collects when the parcel arrives at your door. We can't know that fee."
		list  = "We take these cards:\n\n- Visa\n- Mastercard\n\nWe never store a card's number."
		table = "Prices differ by size.\n\n| Size | Price |\n|---|---|\n| Small | 12 € |\n| Large | 19 € |"
	)
	for _, c := range []struct{ passage, ask, want string }{
		{"You have 30 days.", "how long?", "You have 30 days."},
		{long, "how long does delivery to Norway take?", "Delivery to Norway takes about 5 to 7 days. Customs may add a fee, which the carrier collects when the parcel arrives at your door. We can't know that fee."},
		{long, "where do you ship from", "We ship from Porto. Orders before noon leave the same day, except on Sundays and public holidays. Delivery to Norway takes about 5 to 7 days."},
		{list, "which cards do you take, Visa or Mastercard?", "We take these cards:\n\n- Visa\n- Mastercard"},
		{list, "do you store the number?", "We never store a card's number."},
		{table, "what is the price of a large one", "| Size | Price |\n|---|---|\n| Small | 12 € |\n| Large | 19 € |"},
		{"Call us at approx. 9 a.m. or later. It is free. Really. Always.", "when may I call", "Call us at approx. 9 a.m. or later. It is free. Really."},
		{"The lamp has a switch. It is on the left side of the foot, below the cover.", "which side", "The lamp has a switch. It is on the left side of the foot, below the cover."},
		{"**Note. Read** all of it. Then go on.", "note", "**Note. Read** all of it. Then go on."},
		{"```\na\n\nb\n```", "b", "```\na\n\nb\n```"},
	} {
		if got := leadOf(c.passage, []string{c.ask}); got != c.want {
			t.Errorf("%q:\n got %q\nwant %q", c.ask, got, c.want)
		}
	}
}
