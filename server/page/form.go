package page

import (
	"strconv"
	"strings"
)

// Form is what was typed into a form and what has to be mended in it. A form that failed is shown
// again with everything that was typed.
type Form struct {
	Prefix string            // of the ids of its fields, where a page holds several forms
	Values map[string]string // by name of the field
	At     string            // name of the field to mend
	Error  string            // what to mend, a sentence; empty when nothing is wrong
	Base   string            // what it began with, as JSON, so that two people's changes can be joined

	Private *Private // what the section "Heard in private" offers, where the form has one
}

// Value is what was typed into a field.
func (f Form) Value(name string) string { return f.Values[name] }

// Is tells whether a choice is the one made.
func (f Form) Is(name, value string) bool { return f.Values[name] == value }

// Wrong is what to mend in a field.
func (f Form) Wrong(name string) string {
	if f.At == name {
		return f.Error
	}
	return ""
}

// ID is the id of a field on the page.
func (f Form) ID(name string) string { return f.Prefix + strings.ReplaceAll(name, "_", "-") }

// Link is the address on the page of what has to be mended.
func (f Form) Link() string { return "#" + f.ID(f.At) }

// Field gives a field of one line to the template "form-field".
func (f Form) Field(name, label string) Field {
	return Field{ID: f.ID(name), Name: name, Label: label, Value: f.Value(name), Error: f.Wrong(name), Type: "text"}
}

// Numbered gives a field of a row of a form that has several: "name-2" for the name of row 2.
func (f Form) Numbered(name string, row int, label string) Field {
	return f.Field(name+"-"+strconv.Itoa(row), label)
}

// Select gives a list to choose one of to the template "form-choice".
func (f Form) Select(name, label string, options []Choice) Select {
	return Select{Field: f.Field(name, label), Options: options}
}

// Select is a list to choose one of.
type Select struct {
	Field
	Options []Choice
}

// Field is one field of a form as the template "form-field" draws it.
type Field struct {
	ID, Name, Label, Hint, Value, Error string
	Type, Auto, Class, Mode             string
	Focus, Needed                       bool
}

// Of sets the type of the input.
func (f Field) Of(kind string) Field { f.Type = kind; return f }

// Hinted sets what helps to fill the field.
func (f Field) Hinted(hint string) Field { f.Hint = hint; return f }

// Filled sets what browsers may fill the field with (autocomplete).
func (f Field) Filled(auto string) Field { f.Auto = auto; return f }

// Sized sets a class of width, such as nhsuk-input--width-4.
func (f Field) Sized(class string) Field { f.Class = class; return f }

// Digits asks phones for the keyboard of digits.
func (f Field) Digits() Field { f.Mode = "numeric"; return f }

// Must says that the form is not sent without it.
func (f Field) Must() Field { f.Needed = true; return f }

// First puts the cursor into the field when it is wanted.
func (f Field) First(wanted bool) Field { f.Focus = wanted; return f }

// Described names what describes the field to a screen reader.
func (f Field) Described() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.ID+"-hint")
	}
	if f.Error != "" {
		ids = append(ids, f.ID+"-error")
	}
	return strings.Join(ids, " ")
}

// Choice is one of a list to choose from.
type Choice struct{ Value, Says string }

// Choose gives a list of options to the template "desk-choose".
func (f Form) Choose(name, label string, options []Choice) Chooser {
	return Chooser{Field: f.Field(name, label), Options: options}
}

// Chooser is a field in which one of several options is chosen.
type Chooser struct {
	Field
	Options []Choice
}
