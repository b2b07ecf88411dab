-- What the shop already holds before anybody looks: only the source has it, the target receives it by the copy.
INSERT INTO shop.products (id, name, price, stock)
SELECT i, 'product ' || i, (1 + i % 97) * 1.25, 1000000 FROM generate_series(1, 2000) i;

INSERT INTO shop.customers (name, email, balance, born)
SELECT 'customer ' || i, 'customer' || i || '@shop.test', i % 100, date '1950-01-01' + i FROM generate_series(1, 500) i;

INSERT INTO shop.orders (customer_id, status, total, attributes, note)
SELECT 1 + i % 500, CASE i % 3 WHEN 0 THEN 'PLACED' WHEN 1 THEN 'PAID' ELSE 'SHIPPED' END, i % 500,
       jsonb_build_object('channel', 'web', 'n', i), CASE WHEN i % 5 = 0 THEN 'naïve, “quoted” \ tab	end' END
FROM generate_series(1, 4000) i;

INSERT INTO shop.order_items (order_id, line, product_id, quantity, price)
SELECT i, l, 1 + (i * 7 + l) % 2000, 1 + i % 3, 2.50 FROM generate_series(1, 4000) i, generate_series(1, 2) l;

INSERT INTO shop.documents (id, title, body)
SELECT md5('document' || i)::uuid, 'document ' || i,
       (SELECT string_agg(md5(i::text || '/' || n::text), '') FROM generate_series(1, 400 + i % 200) n)
FROM generate_series(1, 150) i;

INSERT INTO shop.audit (batch, line, action)
SELECT md5('batch' || i / 20)::uuid, i % 20, 'stocked' FROM generate_series(0, 1999) i;
