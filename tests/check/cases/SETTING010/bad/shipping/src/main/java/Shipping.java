package shop.shipping;

class Shipping {
    /* System.getenv("NOT_CODE") */
    static final String CARRIER = System.getenv("SHIPPING_CARRIER"); // #! SETTING010
    @Value("${SHIPPING_LIMIT:5}") // #! SETTING010
    int limit;
    String health = "/health";
}
