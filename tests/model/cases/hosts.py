"""Host names of services as values: only of an app that runs there and is called."""

from stead import Backend, Environment, HostOf, Service, Setting

HOST = Setting("SMTP_HOST", help="Where mail is taken.")
mail = Service("mail", app="mail:create")
box = Service("box", image="registry.example.com/box:1")
gone = Service("gone", app="gone:create")
news = Service("news", app="news:create", calls=[mail.may(), box.may(), gone.may()], settings=[HOST])
lone = Service("lone", app="lone:create", settings=[HOST])
odd = Service("odd", app="odd:create", settings=[HOST])
strange = Service("strange", app="strange:create")
backend = Backend(
    "shop",
    services=[mail, box, gone, news, lone, odd],
    environments=[
        Environment("dev", {news: {"SMTP_HOST": HostOf(mail)}}),
        Environment("one", {news: {"SMTP_HOST": HostOf(box)}}),  #! SETTING005
        Environment("two", {news: {"SMTP_HOST": HostOf(gone)}}, without=(gone,)),  #! SETTING005
        Environment("three", {lone: {"SMTP_HOST": HostOf(mail)}}),  #! SETTING005
        Environment("four", {odd: {"SMTP_HOST": HostOf(strange)}}),  #! SETTING005
    ],
)
