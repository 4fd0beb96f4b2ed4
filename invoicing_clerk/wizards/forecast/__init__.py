from . import payment_back_test
