package page

// SignIn is where people of the desk sign in.
type SignIn struct {
	Base
	Next  string // path of this site to go on to
	Form  Form
	Flash string
}

// Template names the page's template.
func (SignIn) Template() string { return "sign-in/sign-in.html" }

// SignInLink is the page of a one-time link: a new password, or that the link is used up.
type SignInLink struct {
	Base
	Name, Email string // for whom it is
	Form        Form
	Dead        bool
}

// Template names the page's template.
func (SignInLink) Template() string { return "sign-in/link.html" }
