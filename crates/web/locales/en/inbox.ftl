# The list of conversations.
views = Views
view-all = All
view-waiting = Waiting
conversations = Conversations
rows-more = Older conversations
row-ours = You:
row-waits = Waits
row-window = Window
row-unread = { $count ->
    [one] { $count } unread message
   *[other] { $count } unread messages
}
contact-unnamed = No name
contact-no-number = No number
inbox-none = No conversations yet
inbox-none-next = When someone writes to one of your numbers, it shows here at once.
inbox-none-waiting = Nobody is waiting
inbox-none-waiting-next = All have had an answer.
inbox-choose = Choose a conversation
inbox-choose-next = j and k move through the list, Enter opens. ? shows all keys.
back-to-inbox = Back to the inbox

kind-text = Text
kind-image = Picture
kind-video = Video
kind-audio = Voice or sound
kind-document = Document
kind-sticker = Sticker
kind-location = Place
kind-contacts = Contact card
kind-interactive = Answer
kind-button = Answer
kind-reaction = Reaction
kind-order = Order
kind-system = Notice
kind-unsupported = Something WhatsApp does not pass on
kind-welcome = Chat opened
kind-edit = Edit
kind-withdrawal = Withdrawn message
kind-template = Template
kind-call = Call
kind-placeholder = A file that may follow
