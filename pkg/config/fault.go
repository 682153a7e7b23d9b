package config

import "strings"

// Fault is what is wrong with one setting.
type Fault struct {
	Setting string
	// Sentence says what is wrong, and repeats no secret.
	Sentence string
}

// Error implements error.
func (f Fault) Error() string { return f.Setting + ": " + f.Sentence }

// Faults are all faults of the settings; none if it is empty.
type Faults []Fault

// Error implements error, with a line for each fault.
func (f Faults) Error() string {
	lines := make([]string, 0, len(f))
	for _, fault := range f {
		lines = append(lines, fault.Error())
	}
	return strings.Join(lines, "\n")
}

// Has reports whether something is wrong with the setting.
func (f Faults) Has(setting string) bool {
	for _, fault := range f {
		if fault.Setting == setting {
			return true
		}
	}
	return false
}

// Add adds what a parser says of a setting's value, for the settings whose rules
// stand with those who use them; errors that were joined are a fault each. If the
// setting has a fault already, or err is nil, nothing is added: the parser did not
// see what was meant.
func (f *Faults) Add(setting string, err error) {
	if err == nil || f.Has(setting) {
		return
	}
	each := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		each = joined.Unwrap()
	}
	for _, err := range each {
		*f = append(*f, Fault{setting, err.Error()})
	}
}
